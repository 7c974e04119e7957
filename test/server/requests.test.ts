// What a request may ask for over HTTP.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { Database } from '../../src/db/database.js';
import { openDatabase } from '../../src/db/openDatabase.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

let db: Database;
let services: TestServices;
let server: TestServer;
let closed: TestServices;
let secretive: TestServer;
beforeAll(async () => {
  db = await openDatabase({ dataDir: undefined, databaseUrl: undefined });
  services = await openTestServices(db);
  server = await startTestServer(services);
  closed = await openTestServices(db, { env: { HOTLENS_GRAPHQL_INTROSPECTION: 'off' } });
  secretive = await startTestServer(closed);
});
afterAll(async () => {
  await server?.close();
  await secretive?.close();
  await services?.close();
  await closed?.close();
  await db?.close();
});

async function post(body: string | Uint8Array, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, text: await response.text() };
}

describe('a request', () => {
  it.each([
    ['depth', `{ posts(first: 1) { nodes { ${'images { image { posts { '.repeat(7)} id ${'} } } '.repeat(7)} } } }`],
    ['fields', `{ ${'__typename '.repeat(501)} }`],
    ['aliases', `{ ${Array.from({ length: 51 }, (_, i) => `a${i}: __typename`).join(' ')} }`],
    ['directives', `{ ${'__typename @skip(if: false) '.repeat(51)} }`],
    [
      'cost',
      '{ hotspots(first: 100) { nodes { posts(first: 100) { nodes { id text author url language images { altText url } } } } } }',
    ],
  ])('beyond the %s limit is refused with 400 before any of it runs', async (name, query) => {
    expect(await server.ask(query)).toEqual({
      status: 400,
      errors: [
        {
          message: expect.stringContaining(`${name} `),
          extensions: { code: 'TOO_COSTLY', requestId: expect.any(String) },
        },
      ],
    });
  });

  it('is measured by its variables each time, though its document is known by then', async () => {
    const query =
      'query ($n: Int) { hotspots(first: $n) { nodes { posts(first: $n) { nodes { id text author url language images { altText url } } } } } }';
    expect(await server.ask(query, { n: 10 })).toMatchObject({ status: 200 });
    expect(await server.ask(query, { n: 100 })).toMatchObject({ status: 400 });
  });

  it('of too many words is refused while it is parsed', async () => {
    expect(await server.ask(`{ ${'__typename '.repeat(15_000)} }`)).toMatchObject({
      status: 400,
      errors: [{ message: expect.stringContaining('15000 tokens'), extensions: { code: 'GRAPHQL_PARSE_FAILED' } }],
    });
  });

  it('holds one document: a batch is refused', async () => {
    const one = { query: '{ __typename }' };
    const { status, text } = await post(JSON.stringify([one, one]));
    expect(status).toBe(400);
    expect(text).toContain('batching disabled');
  });

  it('is refused for what it is when it is unpacked', async () => {
    const bomb = gzipSync(JSON.stringify({ query: `{ __typename } #${' '.repeat(40 << 20)}` }));
    expect(bomb.length).toBeLessThan(1 << 20);
    expect((await post(bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
    const fine = gzipSync(JSON.stringify({ query: '{ __typename }' }));
    expect((await post(fine, { 'content-encoding': 'gzip' })).status).toBe(200);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a'])(
    'of type %s, which a page elsewhere could send, is refused',
    async (type) => {
      const { status, text } = await post(JSON.stringify({ query: '{ __typename }' }), { 'content-type': type });
      expect(status).toBe(400);
      expect(text).not.toContain('"data"');
    },
  );

  it('of deeply nested JSON is answered, not followed', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const { status, text } = await post(
      `{"query":"mutation ($r: [JSON!]) { ingestPosts(rows: $r) { rejections { reason } } }","variables":{"r":[{"id":"1","createdAt":"2026-05-01","text":"a","deep":${deep}},{"id":${deep}}]}}`,
    );
    expect({ status, text }).toMatchObject({ status: 200, text: expect.stringContaining('levels of nesting') });
    expect(text).not.toContain('Internal error');
  });
});

describe('introspection', () => {
  const query = '{ __schema { types { name } } }';
  it('is answered, and not where the configuration says so', async () => {
    expect(await server.ask(query)).toMatchObject({ status: 200, data: { __schema: expect.anything() } });
    expect(await secretive.ask(query)).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: expect.any(String) } }],
    });
  });

  it('is not given away by hints either, over HTTP and over WebSocket', async () => {
    expect(JSON.stringify(await server.ask('{ pots { id } }'))).toContain('Did you mean');
    expect(JSON.stringify(await secretive.ask('{ pots { id } }'))).not.toContain('Did you mean');
    const client = createClient({ url: `${secretive.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    for (const asked of ['{ pots { id } }', query]) {
      const refusal = JSON.stringify(
        await new Promise((resolve) => {
          client.subscribe({ query: asked }, { next: resolve, error: resolve, complete: () => undefined });
        }),
      );
      expect(refusal).toContain('GRAPHQL_VALIDATION_FAILED');
      expect(refusal).not.toContain('Did you mean');
    }
    await client.dispose();
  });
});
