import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { MAX_BY_ADDRESS, MAX_BY_PREFIX } from '../../src/access/attempts.js';
import { newKey, newOwnerKey } from '../../src/access/secrets.js';
import type { Config } from '../../src/config.js';
import { createServer, type Server } from '../../src/server.js';
import { ask, bearer, makeKey, send, signIn } from '../support/callers.js';
import { describeDatabases } from '../support/databases.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

/** Answers that are to be compared have the same id. */
const SAME = { 'x-request-id': 'the-same' };
const WHO = '{ caller { name role keyId session } }';
const OWNER = newOwnerKey();

describeDatabases('access', (open) => {
  let services: TestServices;
  let server: Server;
  let url: string;
  let clients: Client[] = [];

  beforeAll(async () => {
    services = await openTestServices(open());
  });
  afterAll(() => services?.close());
  beforeEach(async () => {
    await open().pool.query('DELETE FROM api_keys');
    await start({});
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.dispose()));
    clients = [];
    await server.close();
  });

  async function start(config: Partial<Config>, host = '127.0.0.1'): Promise<void> {
    const own = { ...services, config: { ...services.config, ...config } };
    server = createServer({ services: own, notReady: () => ['the models are away'], ownerKey: OWNER });
    ({ url } = await server.listen({ host, port: 0 }));
  }

  async function again(config: Partial<Config>): Promise<void> {
    await server.close();
    await start(config);
  }

  function socket(connectionParams?: Record<string, unknown>, headers: Record<string, string> = {}) {
    class WithHeaders extends WebSocket {
      constructor(address: string, protocol: string) {
        super(address, protocol, { headers });
      }
    }
    let closed: (event: { code: number; reason: string }) => void;
    const ended = new Promise<{ code: number; reason: string }>((resolve) => {
      closed = resolve;
    });
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WithHeaders,
      lazy: false,
      retryAttempts: 0,
      onNonLazyError: () => undefined,
      ...(connectionParams && { connectionParams }),
      on: { closed: (event) => closed(event as { code: number; reason: string }) },
    });
    clients.push(client);
    return { client, ended };
  }

  const who = async (params?: Record<string, unknown>, headers?: Record<string, string>) =>
    (await socket(params, headers).client.iterate({ query: WHO }).next()).value as unknown;

  describe('without keys', () => {
    it('takes whoever is on this machine for an admin', async () => {
      expect((await ask(url, WHO)).json.data).toEqual({
        caller: { name: 'local', role: 'ADMIN', keyId: null, session: false },
      });
      expect(await who()).toMatchObject({ data: { caller: { name: 'local' } } });
    });

    it('refuses a wrong key all the same, and takes no other scheme for one', async () => {
      expect(await ask(url, WHO, bearer(newKey().key))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
      // What a proxy before it asks for is not its affair.
      expect(await ask(url, WHO, { authorization: 'Basic YW5uOnNlY3JldA==' })).toMatchObject({ status: 200 });
    });

    it('takes nobody for this machine whom a trusted proxy knows to be somebody else', async () => {
      await again({ trustedProxies: ['127.0.0.1'] });
      expect(await ask(url, WHO)).toMatchObject({ status: 200 });
      expect(await ask(url, WHO, { 'x-forwarded-for': '203.0.113.7' })).toMatchObject({ status: 401 });
    });

    it('answers no other host and no other page', async () => {
      expect(await ask(url, WHO, { host: 'evil.example' })).toMatchObject({ status: 403 });
      expect(await ask(url, WHO, { origin: 'https://evil.example' })).toMatchObject({ status: 403 });
    });

    it('listens elsewhere only once an admin’s key is there, and says what to do', async () => {
      const other = () => createServer({ services, notReady: () => [] });
      const refused = { code: 'CONFIG', message: expect.stringContaining('hotlens keys create --role admin') };
      await expect(other().listen({ host: '127.0.0.2', port: 0 })).rejects.toMatchObject(refused);
      await makeKey(open(), 'VIEWER');
      await expect(other().listen({ host: '127.0.0.2', port: 0 })).rejects.toMatchObject(refused);
      const { id } = await makeKey(open(), 'ADMIN');
      const listening = other();
      const elsewhere = await listening.listen({ host: '127.0.0.2', port: 0 });
      // Nor does it open when its last key is revoked: others than this machine can reach it.
      await open().pool.query('DELETE FROM api_keys');
      expect(await ask(elsewhere.url, WHO)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      await listening.close();
    });
  });

  describe('from the first key on', () => {
    it('needs one of everybody', async () => {
      expect(await ask(url, WHO)).toMatchObject({ status: 200 });
      const { key, id } = await makeKey(open(), 'ANALYST');
      await until('the door shut', async () => (await ask(url, WHO)).status === 401);
      expect((await ask(url, WHO, bearer(key))).json.data).toEqual({
        caller: { name: 'analyst of a test', role: 'ANALYST', keyId: id, session: false },
      });
    });

    it('refuses keys that are unknown, wrong, malformed, expired or revoked, in the same words', async () => {
      await makeKey(open(), 'ADMIN');
      const [expired, revoked, known] = [
        await makeKey(open(), 'ADMIN'),
        await makeKey(open(), 'ADMIN'),
        await makeKey(open(), 'ADMIN'),
      ];
      await open().pool.query(`UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = $1`, [
        expired.id,
      ]);
      await open().pool.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [revoked.id]);
      const wrong = `${known.key.slice(0, -43)}${randomBytes(32).toString('base64url')}`;
      const keys = [
        newKey().key,
        wrong,
        'nonsense',
        '',
        'hotlens_',
        expired.key,
        revoked.key,
        `${known.key}x`,
        known.key.toUpperCase(),
      ];
      const bodies = new Set<string>();
      for (const key of keys) {
        const answer = await ask(url, WHO, { ...bearer(key), ...SAME });
        expect({ key, ...answer }).toMatchObject({
          key,
          status: 401,
          code: 'UNAUTHENTICATED',
          headers: { 'www-authenticate': 'Bearer realm="hotlens"' },
        });
        bodies.add(answer.body);
      }
      expect(bodies.size).toBe(1);
    });

    it('takes a key from the Authorization header alone', async () => {
      const { key } = await makeKey(open(), 'ADMIN');
      const body = JSON.stringify({ query: WHO, key, authorization: `Bearer ${key}` });
      const headers = { 'content-type': 'application/json', 'x-api-key': key };
      for (const query of [`key=${key}`, `authorization=Bearer%20${key}`, `access_token=${key}`])
        expect(await send(`${url}/graphql?${query}`, { method: 'POST', headers, body })).toMatchObject({ status: 401 });
      expect(await ask(url, WHO, { cookie: `hotlens_session=${key}` })).toMatchObject({ status: 401 });
      expect(await ask(url, WHO, { authorization: key })).toMatchObject({ status: 401 });
    });

    it('needs one for pictures, pages, and whatever may be added, and says nothing of what is there', async () => {
      const { key } = await makeKey(open(), 'VIEWER');
      const sha256 = await services.addImage('picture');
      await until('the door shut', async () => (await ask(url, WHO)).status === 401);
      const bodies = new Set<string>();
      for (const path of [
        `/media/${sha256}`,
        `/media/${'0'.repeat(64)}`,
        '/map/points',
        '/export/posts.csv',
        '/metrics',
        '/',
        '/graphql',
        '/nothing',
        '/graphql?query=%7B__typename%7D',
      ]) {
        const answer = await send(`${url}${path}`, { headers: SAME });
        expect({ path, status: answer.status }).toEqual({ path, status: 401 });
        bodies.add(answer.body);
      }
      expect(bodies.size).toBe(1);
      const picture = await send(`${url}/media/${sha256}`, { headers: bearer(key) });
      expect(picture).toMatchObject({ status: 200, body: 'picture' });
      // Whoever stands between must not keep it for others, nor show it when it was deleted.
      expect(picture.headers['cache-control']).toBe('private, no-cache');
      expect(await send(`${url}/map/points`, { headers: bearer(key) })).toMatchObject({ status: 200 });
      const nothing = { headers: { ...bearer(key), accept: 'application/json' } };
      expect(await send(`${url}/nothing`, nothing)).toMatchObject({ status: 404 });
    });

    it('sends browsers to sign in, and back from there, on a page that runs nothing but its own scripts', async () => {
      await makeKey(open(), 'VIEWER');
      await until('the door shut', async () => (await ask(url, WHO)).status === 401);
      const accept = 'text/html';
      for (const path of ['/', '/hotspots/01a2', '/search?q=fire&x=%2F', '/graphql']) {
        const { status, headers } = await send(`${url}${path}`, { headers: { accept } });
        expect(status).toBe(302);
        const to = new URL(String(headers.location), url);
        expect([to.origin, to.pathname, to.searchParams.get('to')]).toEqual([url, '/signin', path]);
      }
      const page = await send(`${url}/signin?to=%2F`, { headers: { accept } });
      expect(page.status).toBe(200);
      expect(page.headers['content-security-policy']).toMatch(
        /default-src 'none'; script-src 'self'; style-src 'self'/,
      );
      const script = /src="(\/assets\/[^"]+\.js)"/.exec(page.body)![1]!;
      expect((await send(`${url}${script}`)).status).toBe(200);
      expect((await send(`${url}/assets/nothing.js`)).status).toBe(404);
    });

    it('tells probes whether it is ready, and why not only those who may ask', async () => {
      expect((await send(`${url}/readyz`)).json).toEqual({ ready: false, reasons: ['the models are away'] });
      const { key } = await makeKey(open(), 'VIEWER');
      await until('the door shut', async () => (await ask(url, WHO)).status === 401);
      expect(await send(`${url}/readyz`)).toMatchObject({ status: 503, body: '{"ready":false}' });
      expect(await send(`${url}/readyz`, { headers: bearer(newKey().key) })).toMatchObject({ body: '{"ready":false}' });
      expect((await send(`${url}/readyz`, { headers: bearer(key) })).json).toMatchObject({
        reasons: ['the models are away'],
      });
      expect(await send(`${url}/healthz`, { headers: { host: '10.1.2.3:4000' } })).toMatchObject({ status: 200 });
    });

    it('notes when a key was used, once a minute', async () => {
      const { key, id } = await makeKey(open(), 'VIEWER');
      const used = async () => {
        const { rows } = await open().pool.query<{ at: Date | null }>(
          'SELECT last_used_at AS at FROM api_keys WHERE id = $1',
          [id],
        );
        return rows[0]!.at;
      };
      expect(await used()).toBeNull();
      await ask(url, WHO, bearer(key));
      const first = await used();
      expect(first).toBeInstanceOf(Date);
      // Another process, which has noted nothing yet.
      await again({});
      await ask(url, WHO, bearer(key));
      expect(await used()).toEqual(first);
      await open().pool.query(`UPDATE api_keys SET last_used_at = now() - interval '61 seconds' WHERE id = $1`, [id]);
      await again({});
      await ask(url, WHO, bearer(key));
      expect((await used())!.getTime()).toBeGreaterThanOrEqual(first!.getTime());
    });

    it('refuses a list of operations in one request', async () => {
      const { key } = await makeKey(open(), 'ADMIN');
      const body = JSON.stringify([{ query: WHO }, { query: WHO }]);
      const headers = { 'content-type': 'application/json', ...bearer(key) };
      const answer = await send(`${url}/graphql`, { method: 'POST', headers, body });
      expect(answer.status).toBe(400);
      expect(answer.body).not.toContain('caller');
    });

    it('lets the owner of the data directory in from this machine, but opens no session for him', async () => {
      await makeKey(open(), 'VIEWER');
      expect((await ask(url, WHO, bearer(OWNER))).json.data).toMatchObject({
        caller: { name: 'local', role: 'ADMIN' },
      });
      expect(await ask(url, WHO, bearer(newOwnerKey()))).toMatchObject({ status: 401 });
      expect(await signIn(url, OWNER)).toMatchObject({ status: 401 });
      // Who says that he comes through a proxy that is trusted is where he says.
      await again({ trustedProxies: ['127.0.0.1'] });
      expect(await ask(url, WHO, { ...bearer(OWNER), 'x-forwarded-for': '203.0.113.7' })).toMatchObject({
        status: 401,
      });
    });
  });

  describe('hosts and pages, with keys', () => {
    it('are this machine’s, addresses, and names that were listed; an origin must be the host itself', async () => {
      const { key } = await makeKey(open(), 'ADMIN');
      await again({ allowedHosts: ['hotlens.example.org', 'other.example:8443'] });
      const port = new URL(url).port;
      const status = async (headers: Record<string, string>) =>
        (await ask(url, WHO, { ...bearer(key), ...headers })).status;
      for (const host of [
        'hotlens.example.org',
        'HOTLENS.example.org:8080',
        'other.example:8443',
        `localhost:${port}`,
        '192.0.2.7:4000',
        '[2001:db8::1]:4000',
      ])
        expect({ host, status: await status({ host }) }).toEqual({ host, status: 200 });
      for (const host of [
        'evil.example',
        'hotlens.example.org.evil.example',
        'other.example',
        'hotlens.example.org@evil.example',
        'x:y:z',
      ])
        expect({ host, status: await status({ host }) }).toEqual({ host, status: 403 });
      const host = 'hotlens.example.org';
      expect(await status({ host, origin: 'https://hotlens.example.org' })).toBe(200);
      for (const origin of [
        'https://evil.example',
        'null',
        'https://localhost',
        'https://hotlens.example.org:8443',
        'https://x.hotlens.example.org',
      ])
        expect({ origin, status: await status({ host, origin }) }).toEqual({ origin, status: 403 });
    });
  });

  describe('sessions', () => {
    it('are begun by a key, are no script’s to read nor another site’s to send, and end by hand', async () => {
      const { key, id } = await makeKey(open(), 'ANALYST');
      const { status, set, cookie, json, headers } = await signIn(url, key);
      expect(status).toBe(201);
      expect(json).toMatchObject({ name: 'analyst of a test', role: 'ANALYST' });
      expect(set).toMatch(/^hotlens_session=[A-Za-z0-9_-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/);
      expect(headers['cache-control']).toBe('no-store');
      const hours = (Date.parse(/Expires=([^;]+)/.exec(set!)![1]!) - Date.now()) / 3600e3;
      expect(Math.round(hours)).toBe(12);
      expect((await ask(url, WHO, { cookie })).json.data).toEqual({
        caller: { name: 'analyst of a test', role: 'ANALYST', keyId: id, session: true },
      });
      // The token is nowhere but with the browser.
      const { rows } = await open().pool.query<{ kept: string }>('SELECT sessions::text AS kept FROM sessions');
      expect(rows).toHaveLength(1);
      expect(rows[0]!.kept).not.toContain(cookie.split('=')[1]);
      expect((await send(`${url}/session`, { headers: { cookie } })).json).toEqual({
        name: 'analyst of a test',
        role: 'ANALYST',
      });
      expect(await send(`${url}/session`)).toMatchObject({ status: 401 });
      const ended = await send(`${url}/session`, { method: 'DELETE', headers: { cookie } });
      expect(ended.status).toBe(204);
      const refused = await ask(url, WHO, { cookie });
      expect(refused).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
      expect(refused.headers['set-cookie']).toEqual([
        expect.stringMatching(/^hotlens_session=; Path=\/; Expires=Thu, 01 Jan 1970/),
      ]);
    });

    it('end with their key, and with their time', async () => {
      const { key, id } = await makeKey(open(), 'ADMIN');
      const keeper = await makeKey(open(), 'ADMIN');
      const first = await signIn(url, key);
      const second = await signIn(url, keeper.key);
      expect(await ask(url, `mutation { revokeApiKey(id: "${id}") { revokedAt } }`, bearer(keeper.key))).toMatchObject({
        status: 200,
      });
      expect(await ask(url, WHO, { cookie: first.cookie })).toMatchObject({ status: 401 });
      expect(await ask(url, WHO, { cookie: second.cookie })).toMatchObject({ status: 200 });
      await open().pool.query('UPDATE sessions SET expires_at = now()');
      expect(await ask(url, WHO, { cookie: second.cookie })).toMatchObject({ status: 401 });
      // Forgotten by whoever signs in next.
      await signIn(url, keeper.key);
      expect((await open().pool.query('SELECT 1 FROM sessions')).rows).toHaveLength(1);
    });

    it('are Secure where a proxy that is trusted says https, and not on anybody’s word', async () => {
      const { key } = await makeKey(open(), 'VIEWER');
      const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' };
      expect((await signIn(url, key, headers)).set).not.toContain('Secure');
      await again({ trustedProxies: ['127.0.0.0/8'] });
      expect((await signIn(url, key, headers)).set).toContain('; Secure;');
    });

    it('are not begun by forms of other sites, nor used by them', async () => {
      const { key } = await makeKey(open(), 'ADMIN');
      const { cookie } = await signIn(url, key);
      const origin = 'https://evil.example';
      expect(await signIn(url, key, { origin })).toMatchObject({ status: 403, cookie: '' });
      expect(
        await ask(url, 'mutation { createApiKey(role: ADMIN, name: "x") { key } }', { cookie, origin }),
      ).toMatchObject({ status: 403 });
      expect(await send(`${url}/session`, { method: 'DELETE', headers: { cookie, origin } })).toMatchObject({
        status: 403,
      });
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
        const headers = { 'content-type': type, cookie };
        const body = JSON.stringify({ key, query: 'mutation { createApiKey(role: ADMIN, name: "x") { key } }' });
        expect(await send(`${url}/session`, { method: 'POST', headers, body })).toMatchObject({ status: 400 });
        expect((await send(`${url}/graphql`, { method: 'POST', headers, body })).body).toContain('CSRF');
      }
      expect(await ask(url, WHO, { cookie, origin: url })).toMatchObject({ status: 200 });
    });

    it('are refused in words for bodies that are none', async () => {
      await makeKey(open(), 'ADMIN');
      const headers = { 'content-type': 'application/json' };
      for (const body of [
        '',
        '{}',
        '[]',
        'null',
        '{"key": 7}',
        '{"key": {"a": 1}}',
        '{"key"',
        `{"key": "${'x'.repeat(5000)}"}`,
      ]) {
        const { status, json } = await send(`${url}/session`, { method: 'POST', headers, body });
        expect({
          body: body.slice(0, 20),
          status: status === 413 ? 400 : status,
          told: typeof json.errors?.[0]?.message,
        }).toEqual({
          body: body.slice(0, 20),
          status: 400,
          told: 'string',
        });
      }
    });
  });

  describe('wrong keys', () => {
    it('are refused unseen after some, by key and by cookie alike, and say when to come again; a key that was right lately goes on', async () => {
      const { key } = await makeKey(open(), 'ADMIN');
      const unused = await makeKey(open(), 'ADMIN');
      expect(await ask(url, WHO, bearer(key))).toMatchObject({ status: 200 });
      const counts: Record<number, number> = {};
      for (let i = 0; i < MAX_BY_ADDRESS + 20; i++) {
        const { status, headers } =
          i % 2 === 0 ? await signIn(url, newKey().key) : await ask(url, WHO, { cookie: `hotlens_session=${i}` });
        counts[status] = (counts[status] ?? 0) + 1;
        if (status === 429) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      }
      expect(counts).toEqual({ 401: MAX_BY_ADDRESS, 429: 20 });
      expect(await ask(url, WHO, bearer(unused.key))).toMatchObject({ status: 429, code: 'TOO_MANY_ATTEMPTS' });
      expect(await who({ authorization: `Bearer ${key}` })).toMatchObject({ data: { caller: { role: 'ADMIN' } } });
      expect(await ask(url, WHO, bearer(key))).toMatchObject({ status: 200 });
      const { code, reason } = await socket(bearer(newKey().key)).ended;
      expect({ code, reason }).toEqual({ code: 4401, reason: expect.stringContaining('too many wrong keys') });
    });

    it('at once are not looked at before the first of them is found wrong', async () => {
      await makeKey(open(), 'ADMIN');
      const answers = await Promise.all(Array.from({ length: 100 }, () => ask(url, WHO, bearer(newKey().key))));
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(MAX_BY_ADDRESS);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(100 - MAX_BY_ADDRESS);
    });

    it('of one prefix are refused from wherever they come', async () => {
      const { key } = await makeKey(open(), 'ADMIN');
      await again({ trustedProxies: ['127.0.0.1'] });
      const wrong = () => `${key.slice(0, -43)}${randomBytes(32).toString('base64url')}`;
      const from = (i: number) => ({ 'x-forwarded-for': `203.0.113.${i}` });
      const statuses: number[] = [];
      for (let i = 0; i < MAX_BY_PREFIX + 5; i++)
        statuses.push((await ask(url, WHO, { ...bearer(wrong()), ...from(i) })).status);
      expect(statuses.filter((status) => status === 401)).toHaveLength(MAX_BY_PREFIX);
      expect(statuses.slice(MAX_BY_PREFIX)).toEqual([429, 429, 429, 429, 429]);
    });

    it('are not counted where they are right: many requests at once with one key are all answered', async () => {
      const { key } = await makeKey(open(), 'VIEWER');
      const answers = await Promise.all(Array.from({ length: 3 * MAX_BY_ADDRESS }, () => ask(url, WHO, bearer(key))));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    });

    it('from one address do not hold up another behind a trusted proxy, and X-Forwarded-For is not believed of others', async () => {
      const { key } = await makeKey(open(), 'ADMIN');
      const wrong = (i: number) => ask(url, WHO, { ...bearer(newKey().key), 'x-forwarded-for': `203.0.113.${i}` });
      for (let i = 0; i < MAX_BY_ADDRESS; i++) expect(await wrong(i)).toMatchObject({ status: 401 });
      expect(await wrong(200)).toMatchObject({ status: 429 });
      await again({ trustedProxies: ['127.0.0.1'] });
      for (let i = 0; i < MAX_BY_ADDRESS + 5; i++) await wrong(7);
      expect(await wrong(7)).toMatchObject({ status: 429 });
      expect(await ask(url, WHO, { ...bearer(key), 'x-forwarded-for': '203.0.113.8' })).toMatchObject({ status: 200 });
    });
  });

  describe('WebSockets', () => {
    it('show their key in connectionParams, in the header of the upgrade, or by a cookie', async () => {
      const { key } = await makeKey(open(), 'VIEWER');
      const { cookie } = await signIn(url, key);
      for (const params of [bearer(key), { Authorization: `Bearer ${key}` }, { authorization: key }])
        expect(await who(params)).toMatchObject({ data: { caller: { role: 'VIEWER', session: false } } });
      expect(await who(undefined, bearer(key))).toMatchObject({ data: { caller: { role: 'VIEWER' } } });
      expect(await who(undefined, { cookie })).toMatchObject({ data: { caller: { session: true } } });
      expect(await who({}, { cookie })).toMatchObject({ data: { caller: { session: true } } });
    });

    it('are closed with 4401 without one, or with one that is not valid', async () => {
      await makeKey(open(), 'VIEWER');
      await until('the door shut', async () => (await ask(url, WHO)).status === 401);
      for (const params of [
        undefined,
        {},
        bearer(newKey().key),
        { authorization: 7 },
        { authorization: { a: 1 } },
        { key: 'x' },
      ])
        expect((await socket(params).ended).code).toBe(4401);
    });

    it('from a page of another origin are refused, whatever they show', async () => {
      const { key } = await makeKey(open(), 'ADMIN');
      const { cookie } = await signIn(url, key);
      for (const origin of ['https://evil.example', 'null', 'http://localhost:1']) {
        const foreign = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
          origin,
          headers: { cookie },
        });
        const error = await new Promise<Error>((resolve) => foreign.on('error', resolve));
        expect(error.message).toContain('401');
      }
      expect(await who(undefined, { cookie, origin: url })).toMatchObject({ data: { caller: { session: true } } });
    });

    it('end when their key is revoked or has expired, their session ended, or the first key was made', async () => {
      const keeper = await makeKey(open(), 'ADMIN');
      const begin = (params?: Record<string, unknown>, headers?: Record<string, string>) => {
        const { client, ended } = socket(params, headers);
        const results = client.iterate({ query: 'subscription { captionCompleted { image { sha256 } } }' });
        return {
          ended,
          over: results.next().then(
            ({ done }) => done,
            () => true,
          ),
          client,
        };
      };
      const revoked = await makeKey(open(), 'VIEWER');
      const expired = await makeKey(open(), 'VIEWER');
      const left = await signIn(url, (await makeKey(open(), 'VIEWER')).key);
      const stays = begin(bearer(keeper.key));
      const ending = [
        begin(bearer(revoked.key)),
        begin(bearer(expired.key)),
        begin(undefined, { cookie: left.cookie }),
      ];
      // All are let in before anything is taken back.
      for (const { client } of ending) await client.iterate({ query: WHO }).next();
      await ask(url, `mutation { revokeApiKey(id: "${revoked.id}") { id } }`, bearer(keeper.key));
      await open().pool.query('UPDATE api_keys SET expires_at = now() WHERE id = $1', [expired.id]);
      await send(`${url}/session`, { method: 'DELETE', headers: { cookie: left.cookie } });
      for (const { ended, over } of ending) {
        expect(await ended).toMatchObject({ code: 4401, reason: 'the key is no longer valid' });
        expect(await over).toBe(true);
      }
      expect((await stays.client.iterate({ query: WHO }).next()).value).toMatchObject({
        data: { caller: { role: 'ADMIN' } },
      });

      await open().pool.query('DELETE FROM api_keys');
      await stays.ended;
      await until('the door open', async () => (await ask(url, WHO)).status === 200);
      const local = begin();
      await local.client.iterate({ query: WHO }).next();
      await makeKey(open(), 'VIEWER');
      expect(await local.ended).toMatchObject({ code: 4401 });
    });

    it('carry out nothing after their key was revoked, also before they are closed', async () => {
      const keeper = await makeKey(open(), 'ADMIN');
      const { key, id } = await makeKey(open(), 'ADMIN');
      const { client } = socket(bearer(key));
      await client.iterate({ query: WHO }).next();
      await open().pool.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [id]);
      const late = client.iterate({ query: 'mutation { createApiKey(role: ADMIN, name: "late") { key } }' }).next();
      // Refused with an error, or by the end of the connection.
      await expect(late).rejects.toBeDefined();
      const { json } = await ask(url, '{ apiKeys { nodes { name } } }', bearer(keeper.key));
      expect(JSON.stringify(json)).not.toContain('late');
    });
  });
});
