// Around the library's token endpoint: faults, and a line in the log of events for every request.
import { setTimeout as sleep } from 'node:timers/promises';
import { fillInClient } from './assertions.mjs';
import { readForm } from './events.mjs';

/** Everything this server says is dated by its own clock. */
export function dated(faults) {
  return async (ctx, next) => {
    ctx.set('date', faults.now().toUTCString());
    await next();
  };
}

export function tokenEndpoint(faults, events) {
  return async (ctx, next) => {
    if (ctx.method !== 'POST' || ctx.path !== '/token') return next();
    const form = await readForm(ctx);
    const switches = faults.read();
    if (refuse(ctx, switches, 'token-status', faults)) return events.refused(ctx, form);

    fillInClient(form, ctx);
    await next();
    const renewed = ctx.status === 200 && form.grant_type === 'refresh_token';
    if (switches['omit-refresh-token'] && ctx.status === 200) delete ctx.body.refresh_token;
    const dropped = renewed && faults.take('drop-refresh-answer');
    events.token(ctx, form, dropped ? { fault: 'drop-refresh-answer' } : {});

    // All is done by now, and the answer is late: a client that gives up here does not know what became of its request.
    if (switches['slow-token-ms']) await sleep(switches['slow-token-ms']);
    if (dropped) {
      ctx.respond = false;
      ctx.req.socket.destroy();
    }
  };
}

export function revocationEndpoint(faults, events) {
  return async (ctx, next) => {
    if (ctx.method !== 'POST' || ctx.path !== '/token/revocation') return next();
    const refused = refuse(ctx, faults.read(), 'revocation-status', faults);
    if (!refused) await next();
    events.revocation(ctx, refused ? { fault: 'revocation-status' } : {});
  };
}

/** Answers as a proxy in front of the provider would. The same switch with `-times` says how often; without it, always. */
function refuse(ctx, switches, name, faults) {
  if (!switches[name]) return false;
  if (`${name}-times` in switches && !faults.take(`${name}-times`)) return false;
  ctx.status = switches[name];
  ctx.body = 'This is out of order.';
  return true;
}
