// Who may ask for tokens, and by what they prove who they are.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
export const SCOPES = ['openid', 'offline_access', 'users.read', 'users.write'];
const MACHINE = 'client_credentials';
const MACHINE_SCOPE = 'users.read users.write';

const secret = () => crypto.randomBytes(24).toString('base64url');

export const secrets = {
  'web-basic': secret(),
  'web-post': secret(),
  // Right only when id and secret are form-encoded before they go into Basic (RFC 6749, section 2.3.1).
  'web+odd client': `100%41 of a+b: c&d=e/"f"~${secret()}`,
  'web-norotate': secret(),
  machine: secret(),
  'machine-ro': secret(),
  'resource-server': secret(),
};

/** Makes a pair for each algorithm. `jwks` are the public halves; `facts` tell where the private ones are. */
export function keyFiles(folder) {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pairs = {
    RS256: crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ES256: crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  };
  const facts = {};
  const keys = [];
  for (const [alg, { privateKey, publicKey }] of Object.entries(pairs)) {
    const kid = `client-${alg.toLowerCase()}`;
    const file = path.join(folder, `${kid}.pem`);
    fs.writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    facts[alg] = { file, id: kid };
    keys.push({ ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' });
  }
  return { jwks: { keys }, facts };
}

/** Every client, as the library takes them. */
export function clients(redirects, jwks) {
  const web = (id, auth, more = {}) => ({
    client_id: id,
    client_secret: secrets[id],
    token_endpoint_auth_method: auth,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [redirects.web],
    scope: SCOPES.join(' '),
    ...more,
  });
  const machine = (id, auth, scope, more = {}) => ({
    client_id: id,
    client_secret: secrets[id],
    token_endpoint_auth_method: auth,
    grant_types: [MACHINE],
    response_types: [],
    redirect_uris: [],
    scope,
    ...more,
  });
  const alsoMachine = { grant_types: ['authorization_code', 'refresh_token', MACHINE] };
  return [
    web('web-basic', 'client_secret_basic'),
    web('web-post', 'client_secret_post'),
    web('web+odd client', 'client_secret_basic', alsoMachine),
    web('web-pkjwt', 'private_key_jwt', { jwks, ...alsoMachine }),
    web('web-norotate', 'client_secret_basic'),
    web('native-public', 'none', { application_type: 'native', redirect_uris: [redirects.native] }),
    machine('machine', 'client_secret_basic', MACHINE_SCOPE),
    machine('machine-ro', 'client_secret_post', 'users.read'),
    machine('svc-jwt', 'none', MACHINE_SCOPE, { jwks, grant_types: [JWT_BEARER] }),
    machine('resource-server', 'client_secret_basic', undefined, { grant_types: [] }),
  ];
}
