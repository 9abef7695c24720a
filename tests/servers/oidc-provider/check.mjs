// node check.mjs DIR: tries every client and every fault against the server that start.sh left in DIR, and says what does not hold.
// Wants the default lifetimes, and no other user of the server.
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const dir = process.argv[2];
const facts = JSON.parse(fs.readFileSync(path.join(dir, 'creds.json')));
const { clients, endpoints, issuer } = facts;
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ALL = 'offline_access users.read users.write';

let failures = 0;
function check(what, holds, found) {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
  if (holds) return;
  failures += 1;
  console.log('    ', JSON.stringify(found));
}

const base64url = (data) => Buffer.from(data).toString('base64url');
const formEncoded = (text) => new URLSearchParams({ '': text }).toString().slice(1);

/** A JWT that is signed with a client's key. */
function signed(claims, alg = 'RS256') {
  const now = Math.floor(Date.now() / 1000);
  const all = { iat: now, exp: now + 120, jti: crypto.randomUUID(), ...claims };
  const head = { alg, kid: facts.keys[alg].id, typ: 'JWT' };
  const text = `${base64url(JSON.stringify(head))}.${base64url(JSON.stringify(all))}`;
  const key = { key: fs.readFileSync(facts.keys[alg].file), dsaEncoding: 'ieee-p1363' };
  return `${text}.${base64url(crypto.sign('sha256', text, key))}`;
}

const clientAssertion = (id, more = {}, alg = undefined) => ({
  client_id: id,
  client_assertion_type: ASSERTION,
  client_assertion: signed({ iss: id, sub: id, aud: issuer, ...more }, alg),
});

/** The form fields and header fields by which a client proves who it is. */
function proof(id) {
  const { auth, secret } = clients[id];
  if (auth === 'client_secret_post') return [{ client_id: id, client_secret: secret }, {}];
  if (auth === 'private_key_jwt') return [clientAssertion(id), {}];
  if (auth === 'none') return [{ client_id: id }, {}];
  const pair = Buffer.from(`${formEncoded(id)}:${formEncoded(secret)}`).toString('base64');
  return [{}, { authorization: `Basic ${pair}` }];
}

async function post(url, form, headers = {}) {
  const answer = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) });
  const text = await answer.text();
  const body = answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
  return { status: answer.status, date: answer.headers.get('date'), body };
}

async function token(id, form) {
  const [fields, headers] = proof(id);
  return post(endpoints.token, { ...form, ...fields }, headers);
}

const refresh = (id, refresh_token) => token(id, { grant_type: 'refresh_token', refresh_token });
const machine = (id, scope) => token(id, { grant_type: 'client_credentials', ...(scope ? { scope } : {}) });

async function revoke(id, value) {
  const [fields, headers] = proof(id);
  return post(endpoints.revocation, { token: value, ...fields }, headers);
}

async function scim(target, value, method = 'GET', body = undefined) {
  const headers = value ? { authorization: `Bearer ${value}` } : {};
  const answer = await fetch(facts.base_url + target, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, challenge: answer.headers.get('www-authenticate'), body: text && JSON.parse(text) };
}

/** Where an authorization request ends, and what the token request needs to know of it. */
function authorize(id, scope = ALL, more = {}, ...options) {
  const native = id === 'native-public';
  const redirect_uri = native ? 'http://127.0.0.1:45678/callback' : facts.redirect_uri;
  const code_verifier = crypto.randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: id,
    response_type: 'code',
    redirect_uri,
    scope,
    state: 'a state',
    prompt: 'consent',
    code_challenge: crypto.createHash('sha256').update(code_verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  });
  const script = path.join(import.meta.dirname, 'sign_in.py');
  const words = [script, `${endpoints.authorization}?${query}`, '--no-callback', ...options];
  const back = execFileSync('python3', words, { encoding: 'utf8' }).trim();
  const given = Object.fromEntries(new URL(back).searchParams);
  return { back, given, form: { grant_type: 'authorization_code', code: given.code, redirect_uri, code_verifier } };
}

const signIn = async (id, scope) => token(id, authorize(id, scope).form);

function events() {
  return fs.readFileSync(path.join(dir, 'events.jsonl'), 'utf8').trim().split('\n').map(JSON.parse);
}
const last = () => events().at(-1);

const faultsFile = path.join(dir, 'faults.json');
const fault = (switches) => fs.writeFileSync(faultsFile, JSON.stringify(switches));
const left = () => JSON.parse(fs.readFileSync(faultsFile));

async function codeFlow() {
  for (const id of Object.keys(clients).filter((each) => clients[each].grants.includes('authorization_code'))) {
    const answer = await signIn(id);
    check(`${id}: code and PKCE`, answer.status === 200 && answer.body.refresh_token, answer);
    check(`${id}: the event`, last().outcome === 'ok' && last().client === id && last().refresh_token === 'issued'
      && last().auth === clients[id].auth, last());
    const list = await scim('/Users?startIndex=1&count=5', answer.body.access_token);
    check(`${id}: lists users`, list.status === 200 && list.body.Resources.length === 5, list);
  }
  const { given } = authorize('web-basic');
  check('state and iss come back', given.state === 'a state' && given.iss === issuer, given);
  const denied = authorize('web-basic', ALL, {}, '--deny').given;
  check('a refusal is access_denied', denied.error === 'access_denied', denied);
  const none = authorize('web-basic', ALL, { prompt: 'none' }).given;
  check('prompt=none without a session is login_required', none.error === 'login_required', none);
  const plain = authorize('web-basic', ALL, { code_challenge: '', code_challenge_method: '' }).given;
  check('PKCE is required', plain.error === 'invalid_request', plain);
  const online = await signIn('web-basic', 'users.read');
  check('no refresh token without offline_access', online.status === 200 && !online.body.refresh_token, online);
  const { form } = authorize('web-basic');
  const mismatch = await token('web-basic', { ...form, code_verifier: 'x'.repeat(43) });
  check('another verifier is invalid_grant', mismatch.body.error === 'invalid_grant', mismatch);
}

async function codeReuse() {
  const { form } = authorize('web-basic');
  const first = await token('web-basic', form);
  const again = await token('web-basic', form);
  check('a code works once', again.body.error === 'invalid_grant', again);
  check('its reuse is noted', last().reused === 'authorization_code' && last().grant_revoked, last());
  const list = await scim('/Users', first.body.access_token);
  check('and takes back what it gave', list.status === 401, list);
}

async function refreshing() {
  const first = await signIn('web-post');
  const second = await refresh('web-post', first.body.refresh_token);
  check('a refresh token rotates', second.body.refresh_token !== first.body.refresh_token, second.status);
  check('the rotation is noted', last().refresh_token === 'rotated' && last().outcome === 'ok', last());
  const reuse = await refresh('web-post', first.body.refresh_token);
  check('the old one is invalid_grant', reuse.status === 400 && reuse.body.error === 'invalid_grant', reuse);
  check('the reuse is noted', last().reused === 'refresh_token' && last().grant_revoked && last().grant > 0, last());
  const dead = await refresh('web-post', second.body.refresh_token);
  check('and kills the new one', dead.body.error === 'invalid_grant', dead);
  const list = await scim('/Users', second.body.access_token);
  check('and its access token', list.status === 401 && list.challenge.includes('invalid_token'), list);

  const shared = await signIn('web-basic');
  const both = await Promise.all([1, 2].map(() => refresh('web-basic', shared.body.refresh_token)));
  const codes = both.map(({ status }) => status).sort();
  check('of two at once, one is reuse', codes.join() === '200,400' && last().grant_revoked, codes);

  const kept = await signIn('web-norotate');
  for (const turn of ['once', 'twice']) {
    const answer = await refresh('web-norotate', kept.body.refresh_token);
    check(`web-norotate keeps its refresh token ${turn}`, answer.body.refresh_token === kept.body.refresh_token, answer.status);
  }
  check('which is noted', last().refresh_token === 'kept', last());
}

async function machines() {
  const answer = await machine('machine', 'users.read users.write');
  check('machine: client credentials', answer.status === 200 && !answer.body.refresh_token, answer);
  const bare = await machine('machine');
  const list = await scim('/Users', bare.body.access_token);
  check('a token without a scope is refused with 403', list.status === 403 && list.challenge.includes('insufficient_scope'), list);
  const ro = await machine('machine-ro', 'users.read');
  check('machine-ro: client credentials', ro.status === 200 && last().auth === 'client_secret_post', ro);
  const id = (await scim('/Users', ro.body.access_token)).body.Resources[0].id;
  const remove = await scim(`/Users/${id}`, ro.body.access_token, 'DELETE');
  check('machine-ro may not write', remove.status === 403 && remove.challenge.includes('users.write'), remove);
  const more = await machine('machine-ro', 'users.read users.write');
  check('nor ask for it', more.body.error === 'invalid_scope', more);
  const wrong = await post(endpoints.token, { grant_type: 'client_credentials', client_id: 'machine', client_secret: 'no' });
  check('a wrong secret is invalid_client', wrong.status === 401 && wrong.body.error === 'invalid_client', wrong);

  const odd = await machine('web+odd client', 'users.read');
  check('web+odd client: form-encoded', odd.status === 200, odd);
  const pair = Buffer.from(`web+odd client:${clients['web+odd client'].secret}`).toString('base64');
  const raw = await post(endpoints.token, { grant_type: 'client_credentials' }, { authorization: `Basic ${pair}` });
  check('web+odd client: not form-encoded', raw.status >= 400, raw);
}

async function assertions() {
  const form = { grant_type: 'client_credentials', scope: 'users.read' };
  for (const alg of ['RS256', 'ES256']) {
    const answer = await post(endpoints.token, { ...form, ...clientAssertion('web-pkjwt', {}, alg) });
    check(`web-pkjwt: ${alg}`, answer.status === 200, answer);
  }
  const once = { ...form, ...clientAssertion('web-pkjwt') };
  await post(endpoints.token, once);
  const again = await post(endpoints.token, once);
  check('web-pkjwt: an assertion works once', again.body.error === 'invalid_client', again);
  const now = Math.floor(Date.now() / 1000);
  for (const [what, claims] of [
    ['expired', { iat: now - 300, exp: now - 60 }],
    ['of the future', { iat: now + 60, exp: now + 120 }],
    ['for a day', { exp: now + 86400 }],
    ['for another', { aud: 'https://other.example' }],
  ]) {
    const answer = await post(endpoints.token, { ...form, ...clientAssertion('web-pkjwt', claims) });
    check(`web-pkjwt: ${what}`, answer.body.error === 'invalid_client', answer);
    const grant = await post(endpoints.token, jwtGrant(claims));
    check(`svc-jwt: ${what}`, grant.body.error === 'invalid_grant', grant);
  }
}

const jwtGrant = (claims, more = {}) => ({
  grant_type: JWT_BEARER,
  assertion: signed({ iss: 'svc-jwt', sub: 'admin@example.com', aud: endpoints.token, ...claims }),
  scope: 'users.read',
  ...more,
});

async function jwtBearer() {
  const form = jwtGrant({});
  const answer = await post(endpoints.token, form);
  check('svc-jwt: without client_id', answer.status === 200 && last().client === 'svc-jwt', answer);
  const list = await scim('/Users', answer.body.access_token);
  check('svc-jwt: lists users', list.status === 200, list);
  const again = await post(endpoints.token, form);
  check('svc-jwt: an assertion works once', again.body.error === 'invalid_grant', again);
  const named = await post(endpoints.token, jwtGrant({ aud: issuer }, { client_id: 'svc-jwt' }));
  check('svc-jwt: with client_id', named.status === 200, named);
  const { scope, ...unscoped } = jwtGrant({ scope: 'users.write' });
  const claimed = await post(endpoints.token, unscoped);
  check('svc-jwt: the scope in the assertion', claimed.body.scope === 'users.write', claimed);
  const foreign = await post(endpoints.token, jwtGrant({ iss: 'machine' }));
  check('svc-jwt: signed for another client', foreign.status >= 400, foreign);
  const rubbish = await post(endpoints.token, { grant_type: JWT_BEARER, assertion: 'a.b.c', client_id: 'svc-jwt' });
  check('svc-jwt: no JWT', rubbish.body.error === 'invalid_grant', rubbish);
}

async function revocation() {
  const { body } = await signIn('web-basic');
  const done = await revoke('web-basic', body.refresh_token);
  check('revocation', done.status === 200, done);
  check('is noted', last().event === 'revocation' && last().token === 'RefreshToken' && last().grant_revoked, last());
  const list = await scim('/Users', body.access_token);
  check('and takes the access token along', list.status === 401, list);
  const again = await revoke('web-basic', body.refresh_token);
  check('twice is once', again.status === 200 && last().token === null, again);
}

async function users() {
  const { access_token: value } = (await machine('machine', 'users.read users.write')).body;
  const seed = JSON.parse(fs.readFileSync(path.join(dir, 'seed.json')));
  const read = [];
  for (let total = 1; read.length < total;) {
    const { body } = await scim(`/Users?startIndex=${read.length + 1}&count=30`, value);
    total = body.totalResults;
    read.push(...body.Resources);
  }
  check('the list is the answer key', read.every(({ id }, i) => id === seed[i].id) && read.length === seed.length, read.length);
  const [first, second] = read.filter(({ active }) => active === true);
  const patch = { Operations: [{ op: 'replace', path: 'active', value: false }] };
  const off = await scim(`/Users/${first.id}`, value, 'PATCH', patch);
  check('PATCH deactivates', off.status === 200 && off.body.active === false, off);
  const gone = [await scim(`/Users/${second.id}`, value, 'DELETE'), await scim(`/Users/${second.id}`, value, 'DELETE')];
  check('DELETE deletes', gone[0].status === 204 && gone[1].status === 404, gone);
  const bare = await scim('/Users');
  check('without a token: a bare challenge', bare.status === 401 && bare.challenge === 'Bearer realm="users"', bare);
  const config = await scim('/ServiceProviderConfig', value);
  check('ServiceProviderConfig', config.body.patch.supported === true, config);
}

async function faults() {
  const { body } = await signIn('web-basic');
  fault({ 'drop-refresh-answer': 1 });
  const dropped = await refresh('web-basic', body.refresh_token).catch((error) => error);
  check('drop-refresh-answer: no answer', dropped instanceof TypeError, dropped);
  check('drop-refresh-answer: rotated', last().refresh_token === 'rotated' && last().fault === 'drop-refresh-answer', last());
  check('drop-refresh-answer: counts down', left()['drop-refresh-answer'] === 0, left());
  const reuse = await refresh('web-basic', body.refresh_token);
  check('drop-refresh-answer: the old token is used up', reuse.body.error === 'invalid_grant' && last().grant_revoked, reuse);

  fault({ 'slow-token-ms': 700 });
  const began = Date.now();
  await machine('machine', 'users.read');
  check('slow-token-ms', Date.now() - began >= 700, Date.now() - began);

  fault({ 'token-status': 503, 'token-status-times': 1 });
  const refused = await machine('machine', 'users.read');
  check('token-status', refused.status === 503 && last().fault === 'token-status', refused);
  const after = await machine('machine', 'users.read');
  check('token-status-times', after.status === 200, after);

  fault({});
  const session = await signIn('web-basic');
  fault({ 'omit-refresh-token': true });
  const omitted = await refresh('web-basic', session.body.refresh_token);
  check('omit-refresh-token: not in the answer', omitted.status === 200 && !omitted.body.refresh_token, omitted);
  const still = await refresh('web-basic', session.body.refresh_token);
  check('omit-refresh-token: the old one goes on', still.status === 200 && last().refresh_token === null, still);
  const never = await signIn('web-basic');
  check('omit-refresh-token: nor at sign-in', never.status === 200 && !never.body.refresh_token, never);

  fault({ 'revocation-status': 503 });
  const kept = await revoke('web-basic', session.body.refresh_token);
  check('revocation-status', kept.status === 503 && last().fault === 'revocation-status', kept);
  fault({ 'forget-access-tokens': true });
  const forgotten = [await scim('/Users', session.body.access_token), await scim('/Users', still.body.access_token)];
  check('forget-access-tokens', forgotten.every(({ status }) => status === 401), forgotten);
  const renewed = await refresh('web-basic', session.body.refresh_token);
  const anew = await scim('/Users', renewed.body.access_token);
  check('forget-access-tokens: a new one is good', anew.status === 200 && left()['forget-access-tokens'] === 0, anew.status);

  for (const skew of [600, -600]) {
    fault({ 'clock-skew-s': skew });
    const form = { grant_type: 'client_credentials', scope: 'users.read' };
    const ours = await post(endpoints.token, { ...form, ...clientAssertion('web-pkjwt') });
    const away = (Date.parse(ours.date) - Date.now()) / 1000;
    check(`clock-skew-s ${skew}: the date`, Math.abs(away - skew) < 3, ours.date);
    const now = Math.floor(Date.now() / 1000) + skew;
    const theirs = { iat: now, exp: now + 120 };
    check(`clock-skew-s ${skew}: our time is refused`, ours.body.error === 'invalid_client', ours);
    const corrected = await post(endpoints.token, { ...form, ...clientAssertion('web-pkjwt', theirs) });
    check(`clock-skew-s ${skew}: theirs is taken`, corrected.status === 200, corrected);
    const grants = [await post(endpoints.token, jwtGrant({})), await post(endpoints.token, jwtGrant(theirs))];
    check(`clock-skew-s ${skew}: so with the grant`, grants[0].status === 400 && grants[1].status === 200, grants);
    const list = await scim('/Users', grants[1].body.access_token);
    check(`clock-skew-s ${skew}: the token lives as ever`, list.status === 200, list);
  }
  fs.rmSync(faultsFile);
}

async function expiry() {
  const { body } = await machine('machine', 'users.read');
  await new Promise((resolve) => setTimeout(resolve, 1000 * (body.expires_in + 1)));
  const list = await scim('/Users', body.access_token);
  check(`a token ends after ${body.expires_in} s`, list.status === 401 && list.challenge.includes('invalid_token'), list);
}

function logs() {
  const text = ['events.jsonl', 'requests.jsonl', 'server.log'].map((name) => fs.readFileSync(path.join(dir, name), 'utf8')).join();
  const secrets = Object.values(clients).flatMap(({ secret }) => secret ?? []);
  check('no secret in the logs', !secrets.some((secret) => text.includes(secret)));
  check('no token in the logs', !/[\w-]{43}/.test(text), /.{20}[\w-]{43}.{20}/.exec(text)?.[0]);
}

for (const part of [codeFlow, codeReuse, refreshing, machines, assertions, jwtBearer, revocation, users, faults, expiry, logs]) {
  await part();
}
console.log(failures ? `${failures} do not hold` : 'all hold');
process.exit(failures ? 1 : 0);
