// What clients sign (RFC 7523): to prove who they are, and as a grant. Judged by the clock of faults.json.
import { JWT_BEARER } from './clients.mjs';
import { errors, jose } from './packages.mjs';

const TOLERANCE_S = 15;
const LONGEST_S = 3600;

/** Why the time is not right for these claims, or nothing. */
function untimely({ exp, iat, nbf }, now) {
  if (typeof exp !== 'number') return 'the assertion has no exp';
  if (exp + TOLERANCE_S <= now) return 'the assertion expired';
  if (Math.max(iat ?? 0, nbf ?? 0) > now + TOLERANCE_S) return 'the assertion is of the future';
  return exp - (iat ?? now) > LONGEST_S + TOLERANCE_S ? 'the assertion lasts too long' : undefined;
}

const seconds = (date) => Math.floor(date / 1000);

/** For the library, which is told to be generous about time (see `clockTolerance`), so that it is judged here alone. */
export function judgeClientAssertion(faults) {
  return (ctx, claims) => {
    const why = untimely(claims, seconds(faults.now()));
    if (why) throw new errors.InvalidClientAuth(why);
  };
}

/** The grant of RFC 7523, section 2.1, with the library's clients, tokens and memory of what was used. */
export function registerJwtBearer(provider, faults) {
  provider.registerGrantType(JWT_BEARER, (ctx) => grant(provider, faults, ctx), ['assertion', 'scope']);
}

async function grant(provider, faults, ctx) {
  const { client, params } = ctx.oidc;
  if (!params.assertion) throw new errors.InvalidRequest('missing required parameter(s): assertion');
  const claims = await verified(provider, client, params.assertion);
  const why = untimely(claims, seconds(faults.now())) ?? (claims.sub ? undefined : 'the assertion has no sub');
  if (why) throw new errors.InvalidGrant(why);
  if (claims.jti && !(await provider.ReplayDetection.unique(client.clientId, claims.jti, seconds(Date.now()) + 2 * LONGEST_S))) {
    throw new errors.InvalidGrant('the assertion was used before');
  }
  const token = new provider.ClientCredentials({ client, scope: allowed(client, params.scope ?? claims.scope) });
  const value = await token.save();
  // No refresh token: whoever can sign has no need of one.
  ctx.body = { access_token: value, token_type: 'Bearer', expires_in: token.expiration, scope: token.scope };
}

/** The claims of an assertion that the client signed for this provider, whenever that was. */
async function verified(provider, client, assertion) {
  try {
    const { payload } = await jose.compactVerify(assertion, jose.createLocalJWKSet(client.jwks), {
      algorithms: ['RS256', 'ES256'],
    });
    const claims = JSON.parse(new TextDecoder().decode(payload));
    const audience = [claims.aud].flat();
    if (claims.iss !== client.clientId) throw new Error('iss is not the client');
    if (![provider.issuer, `${provider.issuer}/token`].some((name) => audience.includes(name))) {
      throw new Error('aud is not this provider');
    }
    return claims;
  } catch (cause) {
    throw new errors.InvalidGrant({ cause });
  }
}

function allowed(client, scope) {
  if (!scope) throw new errors.InvalidScope('neither the request nor the assertion names a scope');
  const may = client.scope.split(' ');
  const tooMuch = scope.split(' ').find((name) => !may.includes(name));
  if (tooMuch) throw new errors.InvalidScope('the client may not have this scope', tooMuch);
  return scope;
}

/** `client_id` may be left out with this grant: the assertion tells who it is. The library wants it. */
export function fillInClient(form, ctx) {
  if (form.grant_type !== JWT_BEARER || form.client_id || ctx.get('authorization')) return;
  try {
    form.client_id = jose.decodeJwt(form.assertion).iss;
  } catch {
    // No JWT: the library says what is missing.
  }
}
