// The provider and the users behind its tokens, on ports of 127.0.0.1 that the system chooses, until this process is ended.
// DIR/creds.json is written when both answer.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { clients, keyFiles, secrets } from './clients.mjs';
import { Events } from './events.mjs';
import { Faults } from './faults.mjs';
import { forgetting, newProvider } from './provider.mjs';
import { resourceServer } from './resource.mjs';

const dir = process.env.OP_DIR;
const callbackPort = Number(process.env.OP_CALLBACK_PORT);

const redirects = {
  web: `http://127.0.0.1:${callbackPort}/callback`,
  native: 'http://127.0.0.1/callback', // on any port (RFC 8252, section 7.3)
};
const keys = keyFiles(path.join(dir, 'keys'));
const registered = clients(redirects, keys.jwks);
const faults = new Faults(path.join(dir, 'faults.json'));

async function listen() {
  const server = http.createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

const op = await listen();
const provider = await newProvider(op.origin, registered, faults, new Events(path.join(dir, 'events.jsonl')));
op.server.on('request', provider.callback());

const scim = await listen();
const users = JSON.parse(fs.readFileSync(path.join(dir, 'users.json')));
const requests = new Events(path.join(dir, 'requests.jsonl'));
scim.server.on('request', resourceServer(op.origin, users, { faults, requests, forget: forgetting(provider) }));

const facts = {
  issuer: op.origin,
  base_url: `${scim.origin}/scim/v2`,
  callback_port: callbackPort,
  redirect_uri: redirects.web,
  native_redirect_uri: redirects.native,
  endpoints: {
    discovery: `${op.origin}/.well-known/openid-configuration`,
    authorization: `${op.origin}/auth`,
    token: `${op.origin}/token`,
    revocation: `${op.origin}/token/revocation`,
    introspection: `${op.origin}/token/introspection`,
    jwks: `${op.origin}/jwks`,
  },
  clients: Object.fromEntries(
    registered.map((client) => [
      client.client_id,
      {
        auth: client.token_endpoint_auth_method,
        secret: secrets[client.client_id] ?? null,
        grants: client.grant_types,
        scope: client.scope ?? null,
      },
    ]),
  ),
  keys: keys.facts,
};
fs.writeFileSync(path.join(dir, 'creds.json.new'), JSON.stringify(facts, null, 1), { mode: 0o600 });
fs.renameSync(path.join(dir, 'creds.json.new'), path.join(dir, 'creds.json'));
