// Keys, and requests that show them.
import { request } from 'node:http';
import { createApiKey } from '../../src/access/createApiKey.js';
import type { Role } from '../../src/access/role.js';
import type { Database } from '../../src/db/database.js';
import { withTransaction } from '../../src/db/withTransaction.js';

/** A key in the database: what its holder shows, and its id. */
export async function makeKey(db: Database, role: Role): Promise<{ readonly key: string; readonly id: string }> {
  const { key, row } = await withTransaction(db.pool, (client) =>
    createApiKey(client, { name: `${role.toLowerCase()} of a test`, role, expiresAt: null }),
  );
  return { key, id: row.id };
}

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
  /** Of the first error, where the body is a GraphQL answer. */
  readonly code: string | undefined;
  readonly json: {
    readonly data?: Record<string, unknown> | null;
    readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
  };
}

/** Any request, also such as fetch would not send. */
export function send(
  url: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => {
        const json = /json/.test(response.headers['content-type'] ?? '') ? JSON.parse(text) : {};
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
          json,
          code: json.errors?.[0]?.extensions?.code,
        });
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** A GraphQL request with these headers beside the usual one. */
export function ask(url: string, query: string, headers: Record<string, string> = {}): Promise<HttpAnswer> {
  return send(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
}

/** Signs in; the answer, and the cookie as a browser would send it back. */
export async function signIn(url: string, key: string, headers: Record<string, string> = {}) {
  const answer = await send(`${url}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ key }),
  });
  const [set] = (answer.headers['set-cookie'] ?? []) as string[];
  return { ...answer, set, cookie: set?.split(';')[0] ?? '' };
}
