// How the library is set up.
import crypto from 'node:crypto';
import { judgeClientAssertion, registerJwtBearer } from './assertions.mjs';
import { SCOPES } from './clients.mjs';
import { jose, Provider } from './packages.mjs';
import { dated, revocationEndpoint, tokenEndpoint } from './token_endpoint.mjs';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** A number of seconds from the environment. */
const lifetime = (name, otherwise) => Number(process.env[name] || otherwise);

export async function newProvider(issuer, clients, faults, events) {
  const accessToken = lifetime('AT_TTL', 30);
  const omits = () => Boolean(faults.read()['omit-refresh-token']);
  const provider = new Provider(issuer, {
    clients,
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    jwks: { keys: [await signingKey()] },
    cookies: { keys: [crypto.randomBytes(24).toString('base64url')] },
    scopes: SCOPES,
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: (ctx, client) => client.clientId === 'resource-server' },
      revocation: { enabled: true, allowedPolicy: (ctx, client, token) => client.clientId === token.clientId },
    },
    pkce: { required: () => true },
    rotateRefreshToken: (ctx) => ctx.oidc.client.clientId !== 'web-norotate' && !omits(),
    issueRefreshToken: (ctx, client, source) =>
      client.grantTypeAllowed('refresh_token') && source.scopes.has('offline_access') && !omits(),
    revokeGrantPolicy: () => true,
    clockTolerance: DAY,
    assertJwtClientAuthClaimsAndHeader: judgeClientAssertion(faults),
    ttl: {
      AccessToken: accessToken,
      ClientCredentials: accessToken,
      RefreshToken: lifetime('RT_TTL', HOUR),
      AuthorizationCode: lifetime('CODE_TTL', 60),
      IdToken: HOUR,
      Interaction: HOUR,
      Session: DAY,
      Grant: DAY,
    },
  });
  registerJwtBearer(provider, faults);
  events.listen(provider);
  provider.on('server_error', (ctx, error) => console.error(error));
  provider.use(dated(faults));
  provider.use(tokenEndpoint(faults, events));
  provider.use(revocationEndpoint(faults, events));
  return provider;
}

/** A function that ends every access token there is, and leaves the grants and their refresh tokens alone. */
export function forgetting(provider) {
  const tokens = new Set();
  for (const kind of ['access_token', 'client_credentials']) {
    provider.on(`${kind}.saved`, (token) => tokens.add(token));
    provider.on(`${kind}.destroyed`, (token) => tokens.delete(token));
  }
  return () => Promise.all([...tokens].map((token) => token.destroy()));
}

async function signingKey() {
  const { privateKey } = await jose.generateKeyPair('ES256', { extractable: true });
  return { ...(await jose.exportJWK(privateKey)), kid: 'provider', alg: 'ES256', use: 'sig' };
}
