// Who is let in with and without keys, and from where.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { newKey, newOwnerKey } from '../../../src/access/secrets.js';
import { createServer } from '../../../src/server.js';
import { accessDesk, OWNER, WHO } from '../../support/accessDesk.js';
import { ask, bearer, makeKey, send, signIn } from '../../support/callers.js';
import { describeDatabases } from '../../support/databases.js';
import { until } from '../../support/until.js';

/** Answers that are to be compared have the same id. */
const SAME = { 'x-request-id': 'the-same' };

describeDatabases('access', (open) => {
  const desk = accessDesk(open);

  describe('without keys', () => {
    it('takes whoever is on this machine for an admin', async () => {
      expect((await ask(desk.url, WHO)).json.data).toEqual({
        caller: { name: 'local', role: 'ADMIN', keyId: null, session: false },
      });
      expect(await desk.who()).toMatchObject({ data: { caller: { name: 'local' } } });
    });

    it('refuses a wrong key all the same, and takes no other scheme for one', async () => {
      expect(await ask(desk.url, WHO, bearer(newKey().key))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
      // What a proxy before it asks for is not its affair.
      expect(await ask(desk.url, WHO, { authorization: 'Basic YW5uOnNlY3JldA==' })).toMatchObject({ status: 200 });
    });

    it('takes nobody for this machine whom a trusted proxy knows to be somebody else', async () => {
      await desk.again({ trustedProxies: ['127.0.0.1'] });
      expect(await ask(desk.url, WHO)).toMatchObject({ status: 200 });
      expect(await ask(desk.url, WHO, { 'x-forwarded-for': '203.0.113.7' })).toMatchObject({ status: 401 });
    });

    it('answers no other host and no other page', async () => {
      expect(await ask(desk.url, WHO, { host: 'evil.example' })).toMatchObject({ status: 403 });
      expect(await ask(desk.url, WHO, { origin: 'https://evil.example' })).toMatchObject({ status: 403 });
    });

    it('listens elsewhere only once an admin’s key is there, and says what to do', async () => {
      const other = () => createServer({ services: desk.services, notReady: () => [] });
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
      expect(await ask(desk.url, WHO)).toMatchObject({ status: 200 });
      const { key, id } = await makeKey(open(), 'ANALYST');
      await until('the door shut', async () => (await ask(desk.url, WHO)).status === 401);
      expect((await ask(desk.url, WHO, bearer(key))).json.data).toEqual({
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
        const answer = await ask(desk.url, WHO, { ...bearer(key), ...SAME });
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
        expect(await send(`${desk.url}/graphql?${query}`, { method: 'POST', headers, body })).toMatchObject({
          status: 401,
        });
      expect(await ask(desk.url, WHO, { cookie: `hotlens_session=${key}` })).toMatchObject({ status: 401 });
      expect(await ask(desk.url, WHO, { authorization: key })).toMatchObject({ status: 401 });
    });

    it('needs one for pictures, pages, and whatever may be added, and says nothing of what is there', async () => {
      const { key } = await makeKey(open(), 'VIEWER');
      const sha256 = await desk.services.addImage('picture');
      await until('the door shut', async () => (await ask(desk.url, WHO)).status === 401);
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
        const answer = await send(`${desk.url}${path}`, { headers: SAME });
        expect({ path, status: answer.status }).toEqual({ path, status: 401 });
        bodies.add(answer.body);
      }
      expect(bodies.size).toBe(1);
      const picture = await send(`${desk.url}/media/${sha256}`, { headers: bearer(key) });
      expect(picture).toMatchObject({ status: 200, body: 'picture' });
      // Whoever stands between must not keep it for others, nor show it when it was deleted.
      expect(picture.headers['cache-control']).toBe('private, no-cache');
      expect(await send(`${desk.url}/map/points`, { headers: bearer(key) })).toMatchObject({ status: 200 });
      const nothing = { headers: { ...bearer(key), accept: 'application/json' } };
      expect(await send(`${desk.url}/nothing`, nothing)).toMatchObject({ status: 404 });
    });

    it('sends browsers to sign in, and back from there, on a page that runs nothing but its own scripts', async () => {
      await makeKey(open(), 'VIEWER');
      await until('the door shut', async () => (await ask(desk.url, WHO)).status === 401);
      const accept = 'text/html';
      for (const path of ['/', '/hotspots/01a2', '/search?q=fire&x=%2F', '/graphql']) {
        const { status, headers } = await send(`${desk.url}${path}`, { headers: { accept } });
        expect(status).toBe(302);
        const to = new URL(String(headers.location), desk.url);
        expect([to.origin, to.pathname, to.searchParams.get('to')]).toEqual([desk.url, '/signin', path]);
      }
      const page = await send(`${desk.url}/signin?to=%2F`, { headers: { accept } });
      expect(page.status).toBe(200);
      expect(page.headers['content-security-policy']).toMatch(
        /default-src 'none'; script-src 'self'; style-src 'self'/,
      );
      const script = /src="(\/assets\/[^"]+\.js)"/.exec(page.body)![1]!;
      expect((await send(`${desk.url}${script}`)).status).toBe(200);
      expect((await send(`${desk.url}/assets/nothing.js`)).status).toBe(404);
    });

    it('tells probes whether it is ready, and why not only those who may ask', async () => {
      expect((await send(`${desk.url}/readyz`)).json).toEqual({ ready: false, reasons: ['the models are away'] });
      const { key } = await makeKey(open(), 'VIEWER');
      await until('the door shut', async () => (await ask(desk.url, WHO)).status === 401);
      expect(await send(`${desk.url}/readyz`)).toMatchObject({ status: 503, body: '{"ready":false}' });
      expect(await send(`${desk.url}/readyz`, { headers: bearer(newKey().key) })).toMatchObject({
        body: '{"ready":false}',
      });
      expect((await send(`${desk.url}/readyz`, { headers: bearer(key) })).json).toMatchObject({
        reasons: ['the models are away'],
      });
      expect(await send(`${desk.url}/healthz`, { headers: { host: '10.1.2.3:4000' } })).toMatchObject({ status: 200 });
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
      await ask(desk.url, WHO, bearer(key));
      const first = await used();
      expect(first).toBeInstanceOf(Date);
      // Another process, which has noted nothing yet.
      await desk.again({});
      await ask(desk.url, WHO, bearer(key));
      expect(await used()).toEqual(first);
      await open().pool.query(`UPDATE api_keys SET last_used_at = now() - interval '61 seconds' WHERE id = $1`, [id]);
      await desk.again({});
      await ask(desk.url, WHO, bearer(key));
      expect((await used())!.getTime()).toBeGreaterThanOrEqual(first!.getTime());
    });

    it('refuses a list of operations in one request', async () => {
      const { key } = await makeKey(open(), 'ADMIN');
      const body = JSON.stringify([{ query: WHO }, { query: WHO }]);
      const headers = { 'content-type': 'application/json', ...bearer(key) };
      const answer = await send(`${desk.url}/graphql`, { method: 'POST', headers, body });
      expect(answer.status).toBe(400);
      expect(answer.body).not.toContain('caller');
    });

    it('lets the owner of the data directory in from this machine, but opens no session for him', async () => {
      await makeKey(open(), 'VIEWER');
      expect((await ask(desk.url, WHO, bearer(OWNER))).json.data).toMatchObject({
        caller: { name: 'local', role: 'ADMIN' },
      });
      expect(await ask(desk.url, WHO, bearer(newOwnerKey()))).toMatchObject({ status: 401 });
      expect(await signIn(desk.url, OWNER)).toMatchObject({ status: 401 });
      // Who says that he comes through a proxy that is trusted is where he says.
      await desk.again({ trustedProxies: ['127.0.0.1'] });
      expect(await ask(desk.url, WHO, { ...bearer(OWNER), 'x-forwarded-for': '203.0.113.7' })).toMatchObject({
        status: 401,
      });
    });
  });

  describe('hosts and pages, with keys', () => {
    it('are this machine’s, addresses, and names that were listed; an origin must be the host itself', async () => {
      const { key } = await makeKey(open(), 'ADMIN');
      await desk.again({ allowedHosts: ['hotlens.example.org', 'other.example:8443'] });
      const port = new URL(desk.url).port;
      const status = async (headers: Record<string, string>) =>
        (await ask(desk.url, WHO, { ...bearer(key), ...headers })).status;
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
});
