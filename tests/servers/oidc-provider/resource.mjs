// The application behind the tokens: asks the provider about each one that it is shown (RFC 7662), then speaks SCIM.
import { setTimeout as sleep } from 'node:timers/promises';
import { secrets } from './clients.mjs';
import { Directory, problem } from './scim.mjs';

const PAGE_DELAY_MS = Number(process.env.PAGE_DELAY_MS || 0);
const id = 'resource-server';
const basic = `Basic ${Buffer.from(`${id}:${encodeURIComponent(secrets[id])}`).toString('base64')}`;

export function resourceServer(issuer, users, { faults, requests, forget }) {
  const directory = new Directory(users);
  return async (request, response) => {
    let answer;
    try {
      if (faults.take('forget-access-tokens')) await forget();
      answer = (await refusal(issuer, request)) ?? (await directory.answer(request));
      if (answer.isPage) await sleep(PAGE_DELAY_MS);
    } catch (error) {
      console.error(error);
      answer = problem(500, 'something went wrong');
    }
    requests.add({ method: request.method, target: request.url, status: answer.status });
    const headers = { date: faults.now().toUTCString(), ...answer.headers };
    if (answer.body) headers['content-type'] = 'application/scim+json';
    response.writeHead(answer.status, headers).end(answer.body && JSON.stringify(answer.body));
  };
}

/** The answer to a request without a token that allows it; nothing to one with (RFC 6750, section 3). */
async function refusal(issuer, request) {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (!token) return challenge(401, 'a token is wanted', '');
  const known = await introspect(issuer, token);
  if (!known.active) return challenge(401, 'the token is not valid', 'error="invalid_token"');
  const needed = request.method === 'GET' ? 'users.read' : 'users.write';
  if ((known.scope ?? '').split(' ').includes(needed)) return undefined;
  return challenge(403, `the token lacks ${needed}`, `error="insufficient_scope", scope="${needed}"`);
}

async function introspect(issuer, token) {
  const answer = await fetch(`${issuer}/token/introspection`, {
    method: 'POST',
    headers: { authorization: basic },
    body: new URLSearchParams({ token, token_type_hint: 'access_token' }),
  });
  if (!answer.ok) throw new Error(`introspection answered ${answer.status}`);
  return answer.json();
}

function challenge(status, detail, error) {
  const value = ['Bearer realm="users"', error].filter(Boolean).join(', ');
  return { ...problem(status, detail), headers: { 'www-authenticate': value } };
}
