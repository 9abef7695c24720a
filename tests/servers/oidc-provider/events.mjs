// What happened, a JSON line each, for tests to count. Never holds a token, a code or a secret.
import fs from 'node:fs';
import querystring from 'node:querystring';
import { JWT_BEARER } from './clients.mjs';

const GRANT_TYPES = new Set(['authorization_code', 'refresh_token', 'client_credentials', JWT_BEARER]);

export class Events {
  #file;

  #grants = new Map();

  constructor(file) {
    this.#file = file;
    fs.writeFileSync(file, '', { mode: 0o600 });
  }

  add(event) {
    fs.appendFileSync(this.#file, `${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`);
  }

  /** Grants are numbered in the order in which they are first seen. */
  grant(id) {
    if (!id) return null;
    if (!this.#grants.has(id)) this.#grants.set(id, this.#grants.size + 1);
    return this.#grants.get(id);
  }

  /** Has the library leave on a request what there is to tell of it. */
  listen(provider) {
    const failed = (ctx, error) => Object.assign(ctx.state, { error });
    for (const name of ['grant.error', 'revocation.error', 'server_error']) provider.on(name, failed);
    provider.on('grant.revoked', (ctx, grantId) => Object.assign(ctx.state, { revokedGrant: grantId }));
  }

  /** Of a request to the token endpoint that was judged. */
  token(ctx, form, more) {
    const { error, revokedGrant } = ctx.state;
    this.add({
      event: 'token',
      ...asked(form, ctx),
      client: ctx.oidc?.client?.clientId ?? null,
      ...outcome(ctx),
      refresh_token: refreshToken(ctx),
      reused: reused(error),
      grant: this.grant(revokedGrant ?? ctx.oidc?.entities.Grant?.jti),
      grant_revoked: Boolean(revokedGrant),
      ...more,
    });
  }

  /** Of a request to the token endpoint that was answered without being looked at. */
  refused(ctx, form) {
    this.add({ event: 'token', ...asked(form, ctx), client: null, ...outcome(ctx), fault: 'token-status' });
  }

  /** Of a request to the revocation endpoint. */
  revocation(ctx, more) {
    const { client, entities } = ctx.oidc ?? {};
    const token = entities?.RefreshToken ?? entities?.AccessToken ?? entities?.ClientCredentials;
    this.add({
      event: 'revocation',
      client: client?.clientId ?? null,
      ...outcome(ctx),
      token: token?.kind ?? null,
      grant: this.grant(ctx.state.revokedGrant),
      grant_revoked: Boolean(ctx.state.revokedGrant),
      ...more,
    });
  }
}

/** Reads the form, and leaves it where the library looks for a form that was read. */
export async function readForm(ctx) {
  const chunks = [];
  for await (const chunk of ctx.req) chunks.push(chunk);
  ctx.req.body = querystring.parse(Buffer.concat(chunks).toString());
  return ctx.req.body;
}

function asked(form, ctx) {
  return { grant_type: GRANT_TYPES.has(form.grant_type) ? form.grant_type : null, auth: auth(form, ctx) };
}

function auth(form, ctx) {
  if (ctx.get('authorization')) return 'client_secret_basic';
  if (form.client_secret) return 'client_secret_post';
  return form.client_assertion ? 'private_key_jwt' : 'none';
}

function outcome(ctx) {
  const { error } = ctx.state;
  const code = ctx.status === 200 ? 'ok' : (ctx.body?.error ?? `http ${ctx.status}`);
  return { status: ctx.status, outcome: code, detail: error?.error_detail ?? error?.error_description ?? null };
}

function refreshToken(ctx) {
  if (ctx.status !== 200) return null;
  if (ctx.oidc.entities.RotatedRefreshToken) return 'rotated';
  if (!ctx.body.refresh_token) return null;
  return ctx.oidc.params.grant_type === 'refresh_token' ? 'kept' : 'issued';
}

function reused(error) {
  if (error?.error_detail === 'refresh token already used') return 'refresh_token';
  return error?.error_detail === 'authorization code already consumed' ? 'authorization_code' : null;
}
