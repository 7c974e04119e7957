import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { Database } from '../../src/db/database.js';
import { openDatabase } from '../../src/db/openDatabase.js';
import { AppError } from '../../src/errors.js';
import { createServer } from '../../src/server.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

let db: Database;
let services: TestServices;
let server: TestServer;
let missing: string[] = [];

beforeAll(async () => {
  db = await openDatabase({ dataDir: undefined, databaseUrl: undefined });
  services = await openTestServices(db);
  server = await startTestServer(services, () => missing);
});

afterAll(async () => {
  await server?.close();
  await services?.close();
  await db?.close();
});

/** A GET with any headers: fetch would not let a foreign Host through. */
function get(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    request(`${server.url}${path}`, { headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    })
      .on('error', reject)
      .end();
  });
}

describe('readiness', () => {
  it('is 503 with the reasons until everything is there, while the process is alive', async () => {
    missing = ['inference: the models are being loaded'];
    expect(await get('/readyz')).toMatchObject({
      status: 503,
      body: JSON.stringify({ ready: false, reasons: missing }),
    });
    expect(await get('/healthz')).toMatchObject({ status: 200 });
    missing = [];
    expect(await get('/readyz')).toMatchObject({ status: 200, body: JSON.stringify({ ready: true, reasons: [] }) });
  });
});

describe('listening', () => {
  it('refuses any host but 127.0.0.1, and says why', async () => {
    const other = createServer({ services, notReady: () => [] });
    await expect(other.listen({ host: '0.0.0.0', port: 0 })).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringMatching(/HOTLENS_HOST is 0\.0\.0\.0.*127\.0\.0\.1/),
    });
    await other.close();
  });

  it('names the port that is in use', async () => {
    const port = Number(new URL(server.url).port);
    const other = createServer({ services, notReady: () => [] });
    await expect(other.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(`port ${port} is in use`),
    });
    await other.close();
  });
});

describe('strangers', () => {
  it('does not answer a request that names another host, as DNS rebinding does', async () => {
    expect(await get('/', { host: 'evil.example' })).toMatchObject({ status: 403 });
    expect(await get('/', { host: `localhost:${new URL(server.url).port}` })).toMatchObject({ status: 200 });
  });

  it('does not answer a page of another origin, over HTTP or WebSocket', async () => {
    expect(await get('/', { origin: 'https://evil.example' })).toMatchObject({ status: 403 });
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      origin: 'https://evil.example',
    });
    const error = await new Promise<Error>((resolve) => socket.on('error', resolve));
    expect(error.message).toContain('401');
  });

  it('does not take a query that a form or an image of another page could send', async () => {
    const answer = await get('/graphql?query=%7B__typename%7D');
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('CSRF');
  });
});

describe('pages', () => {
  it('may run and load what is theirs, and nothing from elsewhere', async () => {
    const policies = {
      '/graphql': /default-src 'none'; script-src 'sha256-/,
      '/': /default-src 'none'; script-src 'self'; style-src 'self';/,
    };
    for (const [path, policy] of Object.entries(policies)) {
      const page = await get(path, { accept: 'text/html' });
      expect(page.status).toBe(200);
      expect(page.headers['content-security-policy']).toMatch(policy);
      expect(page.body).not.toMatch(/(src|href)="(https?:)?\/\//);
    }
  });

  it('of the dashboard are one for addresses of a kind, and asked for again; its files keep for ever', async () => {
    const { body } = await get('/', { accept: 'text/html' });
    const kinds = [
      ['/', '/?list=newest'],
      ['/hotspots/01a2', '/hotspots/7'],
      ['/pictures/aa', '/pictures/bb'],
      ['/search', '/search?q=fire'],
      ['/import'],
      ['/import/1', '/import/2'],
      ['/map'],
      ['/system'],
      ['/keys'],
      ['/signin'],
    ];
    const bodies = new Set<string>();
    for (const addresses of kinds) {
      const { body: first } = await get(addresses[0]!, { accept: 'text/html' });
      bodies.add(first);
      for (const path of addresses)
        expect(await get(path, { accept: 'text/html' })).toMatchObject({
          status: 200,
          body: first,
          headers: { 'cache-control': 'no-cache', vary: 'Accept-Encoding' },
        });
    }
    expect(bodies.size).toBe(kinds.length);
    expect((await get('/system', { accept: 'application/json' })).status).toBe(404);
    expect((await get('/elsewhere', { accept: 'text/html' })).status).toBe(404);
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(body)![1]!;
    expect((await get(script)).headers).toMatchObject({ 'cache-control': 'public, max-age=31536000, immutable' });
    expect((await get('/assets/nothing.js')).status).toBe(404);
  });

  it('of the dashboard hold no script and no style of their own, which their policy would forbid', async () => {
    const { body } = await get('/', { accept: 'text/html' });
    expect(body).toMatch(/<div id="root"><a /);
    expect(body).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
  });

  it('and their files come in the best form that is taken, and are the same in all', async () => {
    const { body } = await get('/', { accept: 'text/html' });
    for (const path of [
      '/',
      /src="(\/assets\/[^"]+\.js)"/.exec(body)![1]!,
      /href="(\/assets\/[^"]+\.css)"/.exec(body)![1]!,
    ]) {
      const plain = await get(path, { accept: 'text/html' });
      expect(plain.headers['content-encoding']).toBeUndefined();
      for (const [taken, sent] of [
        ['gzip, deflate, br', 'br'],
        ['gzip, deflate', 'gzip'],
      ]) {
        const answer = await fetch(`${server.url}${path}`, {
          headers: { accept: 'text/html', 'accept-encoding': taken! },
        });
        expect(answer.headers.get('content-encoding')).toBe(sent);
        expect(answer.headers.get('vary')).toBe('Accept-Encoding');
        expect(answer.headers.get('content-type')).toBe(plain.headers['content-type']);
        expect(Number(answer.headers.get('content-length'))).toBeLessThan(plain.body.length);
        expect(await answer.text()).toBe(plain.body);
      }
    }
  });
});

describe('pictures', () => {
  it('are served with their own type, to be asked for again before a copy is shown, and can run nothing', async () => {
    const sha256 = await services.addImage('picture');
    const answer = await get(`/media/${sha256}`);
    expect(answer).toMatchObject({ status: 200, body: 'picture' });
    expect(answer.headers).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
      'content-security-policy': "sandbox; default-src 'none'",
    });
    // A copy is good as long as the picture is here.
    const copy = { 'if-none-match': String(answer.headers.etag) };
    expect(await get(`/media/${sha256}`, copy)).toMatchObject({ status: 304 });
    await db.pool.query('DELETE FROM images WHERE sha256 = $1', [sha256]);
    expect(await get(`/media/${sha256}`, copy)).toMatchObject({ status: 404 });
  });

  it('are served in parts; a part that is not there is refused as JSON that no cache keeps', async () => {
    const sha256 = await services.addImage('picture');
    expect(await get(`/media/${sha256}`, { range: 'bytes=1-3' })).toMatchObject({ status: 206, body: 'ict' });
    const refused = await get(`/media/${sha256}`, { range: 'bytes=99-' });
    expect(refused.status).toBe(416);
    expect(refused.headers['content-type']).toMatch(/^application\/json/);
    expect(refused.headers['cache-control']).toBeUndefined();
    expect(JSON.parse(refused.body)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });

  it('are 404 where there are none, whatever the path is', async () => {
    for (const name of ['0'.repeat(64), '..%2F..%2Fetc%2Fpasswd', 'x']) {
      expect(await get(`/media/${name}`)).toMatchObject({ status: 404 });
    }
  });
});

describe('errors', () => {
  it('are told by code and message where they are ours', async () => {
    const { errors } = await server.ask('{ post(id: "nonsense") { id } }');
    expect(errors).toMatchObject([
      { message: 'id: expected a UUID, got "nonsense"', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('are masked where they are not, with an id that is in the log beside the cause', async () => {
    const { info } = services.testInference;
    services.testInference.info = () => Promise.reject(new Error('secret: /etc/hotlens/key'));
    const { errors } = await server.ask('{ model { restarts } }');
    services.testInference.info = info;
    const [error] = errors!;
    expect(error).toMatchObject({
      message: `Internal error ${error!.extensions.id}`,
      extensions: { code: 'INTERNAL' },
    });
    expect(JSON.stringify(errors)).not.toContain('secret');
    const line = services.lines.find(({ errorId }) => errorId === error!.extensions.id);
    expect(line).toMatchObject({ err: { message: 'secret: /etc/hotlens/key' } });
  });

  it('have GraphQL’s own codes where the document is wrong', async () => {
    const codes = async (query: string, variables?: Record<string, unknown>) =>
      (await server.ask(query, variables)).errors?.map(({ extensions }) => extensions.code);
    expect(await codes('{ nothing }')).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(await codes('{')).toEqual(['GRAPHQL_PARSE_FAILED']);
    expect(await codes('query ($n: Int) { posts(first: $n) { nodes { id } } }', { n: 'x' })).toEqual([
      'BAD_USER_INPUT',
    ]);
    expect(
      await codes('query ($t: DateTime) { posts(filter: { since: $t }) { nodes { id } } }', { t: '2026-03-28' }),
    ).toEqual(['BAD_USER_INPUT']);
    expect(await codes('{ posts(filter: { since: "yesterday" }) { nodes { id } } }')).toEqual(['BAD_USER_INPUT']);
    // A variable that may be null, in a list whose members may not: nobody knows before it is executed.
    const list = 'query ($number: Int = 1) { mapPictures(numbers: [$number]) { number } }';
    expect(await codes(list, { number: null })).toEqual(['BAD_USER_INPUT']);
    expect(await codes('{ posts(first: 101) { nodes { id } } }')).toEqual(['BAD_USER_INPUT']);
    expect(await codes('{ posts(first: -1) { nodes { id } } }')).toEqual(['BAD_USER_INPUT']);
    expect(await codes('{ posts(after: "bm9uc2Vuc2U") { nodes { id } } }')).toEqual(['BAD_USER_INPUT']);
  });

  it('have a code where the body is too long or no JSON', async () => {
    const post = async (body: string) => {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      return { status: response.status, answer: await response.json() };
    };
    expect(await post('{"query"')).toMatchObject({
      status: 400,
      answer: { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
    });
    const tooLong = JSON.stringify({ query: '{ __typename }', variables: { x: 'x'.repeat(30 << 20) } });
    expect(await post(tooLong)).toMatchObject({
      status: 413,
      answer: { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
    });
  });
});

describe('subscriptions', () => {
  const connect = () =>
    createClient({ url: `${server.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, lazy: false });

  it('mask and code errors as over HTTP', async () => {
    const client = connect();
    const failure = await new Promise((resolve) => {
      client.subscribe(
        { query: 'subscription { nothing }' },
        { next: () => undefined, error: resolve, complete: () => undefined },
      );
    });
    expect(failure).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    const { info } = services.testInference;
    services.testInference.info = () => Promise.reject(new AppError('INFERENCE_UNAVAILABLE', 'the model is away'));
    const first = client.iterate({ query: '{ model { restarts } }' });
    expect((await first.next()).value).toMatchObject({
      errors: [{ message: 'the model is away', extensions: { code: 'INFERENCE_UNAVAILABLE' } }],
    });
    services.testInference.info = () => Promise.reject(new Error('secret'));
    const second = client.iterate({ query: '{ model { restarts } }' });
    const masked = (await second.next()).value as { errors: { message: string }[] };
    expect(masked).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL' } }] });
    expect(masked.errors[0]!.message).not.toContain('secret');
    services.testInference.info = info;
    await client.dispose();
  });
});
