// Users over SCIM 2.0 (RFC 7644), as much of it as reading, deactivating and deleting takes. An answer is { status, body, headers }.
const MESSAGES = 'urn:ietf:params:scim:api:messages:2.0';
const PAGE = 100;
const BASE = '/scim/v2';

const CONFIG = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: false, maxResults: 0 },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [{ type: 'oauthbearertoken', name: 'OAuth bearer token', description: 'See RFC 6750.' }],
};

export function problem(status, detail) {
  return { status, body: { schemas: [`${MESSAGES}:Error`], status: String(status), detail } };
}

export class Directory {
  #users;

  constructor(users) {
    this.#users = users;
  }

  async answer(request) {
    const url = new URL(request.url, 'http://127.0.0.1');
    const [, endpoint, id] = new RegExp(`^${BASE}/(\\w+)(?:/([^/]+))?$`).exec(url.pathname) ?? [];
    if (endpoint === 'ServiceProviderConfig' && !id && request.method === 'GET') return { status: 200, body: CONFIG };
    if (endpoint !== 'Users') return problem(404, 'there is nothing here');
    if (id) return this.#one(request, decodeURIComponent(id));
    return request.method === 'GET' ? this.#list(url.searchParams) : problem(501, 'users are only listed here');
  }

  /** Counts from 1, and gives less than asked for where that is too much (RFC 7644, section 3.4.2.4). */
  #list(query) {
    if (query.has('filter')) return problem(400, 'filters are not supported');
    const number = (name, otherwise, least) => Math.max(least, Number.parseInt(query.get(name) ?? otherwise, 10) || 0);
    const startIndex = number('startIndex', 1, 1);
    const count = Math.min(number('count', PAGE, 0), Number(process.env.MAX_PAGE || PAGE));
    const page = this.#users.slice(startIndex - 1, startIndex - 1 + count);
    const body = {
      schemas: [`${MESSAGES}:ListResponse`],
      totalResults: this.#users.length,
      startIndex,
      itemsPerPage: page.length,
      Resources: page,
    };
    return { status: 200, body, isPage: true };
  }

  async #one(request, id) {
    const index = this.#users.findIndex((user) => user.id === id);
    if (index < 0) return problem(404, 'there is no such user');
    switch (request.method) {
      case 'GET':
        return { status: 200, body: this.#users[index] };
      case 'DELETE':
        this.#users.splice(index, 1);
        return { status: 204 };
      case 'PATCH':
        return patch(this.#users[index], await json(request));
      default:
        return problem(501, 'a user is only read, patched or deleted here');
    }
  }
}

/** Only `active` can be replaced, named by the path or in the value. */
function patch(user, message) {
  const operations = message?.Operations ?? [];
  const values = operations.map(({ path, value }) => (path ? { [path]: value } : value));
  const replaces = operations.every(({ op }) => /^replace$/i.test(op));
  const activeOnly = values.every((value) => Object.keys(value ?? {}).join() === 'active' && typeof value.active === 'boolean');
  if (!operations.length || !replaces || !activeOnly) return problem(400, 'only active can be replaced');
  for (const { active } of values) user.active = active;
  user.meta.lastModified = new Date().toISOString();
  return { status: 200, body: user };
}

async function json(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    return JSON.parse(Buffer.concat(chunks));
  } catch {
    return undefined;
  }
}
