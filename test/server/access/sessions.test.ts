// Sessions of browsers: how they begin, what they may, and when they end.
import { expect, it } from '@jest/globals';
import { accessDesk, WHO } from '../../support/accessDesk.js';
import { ask, bearer, makeKey, send, signIn } from '../../support/callers.js';
import { describeDatabases } from '../../support/databases.js';

describeDatabases('sessions', (open) => {
  const desk = accessDesk(open);

  it('are begun by a key, are no script’s to read nor another site’s to send, and end by hand', async () => {
    const { key, id } = await makeKey(open(), 'ANALYST');
    const { status, set, cookie, json, headers } = await signIn(desk.url, key);
    expect(status).toBe(201);
    expect(json).toMatchObject({ name: 'analyst of a test', role: 'ANALYST' });
    expect(set).toMatch(/^hotlens_session=[A-Za-z0-9_-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/);
    expect(headers['cache-control']).toBe('no-store');
    const hours = (Date.parse(/Expires=([^;]+)/.exec(set!)![1]!) - Date.now()) / 3600e3;
    expect(Math.round(hours)).toBe(12);
    expect((await ask(desk.url, WHO, { cookie })).json.data).toEqual({
      caller: { name: 'analyst of a test', role: 'ANALYST', keyId: id, session: true },
    });
    // The token is nowhere but with the browser.
    const { rows } = await open().pool.query<{ kept: string }>('SELECT sessions::text AS kept FROM sessions');
    expect(rows).toHaveLength(1);
    expect(rows[0]!.kept).not.toContain(cookie.split('=')[1]);
    expect((await send(`${desk.url}/session`, { headers: { cookie } })).json).toEqual({
      name: 'analyst of a test',
      role: 'ANALYST',
    });
    expect(await send(`${desk.url}/session`)).toMatchObject({ status: 401 });
    const ended = await send(`${desk.url}/session`, { method: 'DELETE', headers: { cookie } });
    expect(ended.status).toBe(204);
    const refused = await ask(desk.url, WHO, { cookie });
    expect(refused).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(refused.headers['set-cookie']).toEqual([
      expect.stringMatching(/^hotlens_session=; Path=\/; Expires=Thu, 01 Jan 1970/),
    ]);
  });

  it('end with their key, and with their time', async () => {
    const { key, id } = await makeKey(open(), 'ADMIN');
    const keeper = await makeKey(open(), 'ADMIN');
    const first = await signIn(desk.url, key);
    const second = await signIn(desk.url, keeper.key);
    expect(
      await ask(desk.url, `mutation { revokeApiKey(id: "${id}") { revokedAt } }`, bearer(keeper.key)),
    ).toMatchObject({
      status: 200,
    });
    expect(await ask(desk.url, WHO, { cookie: first.cookie })).toMatchObject({ status: 401 });
    expect(await ask(desk.url, WHO, { cookie: second.cookie })).toMatchObject({ status: 200 });
    await open().pool.query('UPDATE sessions SET expires_at = now()');
    expect(await ask(desk.url, WHO, { cookie: second.cookie })).toMatchObject({ status: 401 });
    // Forgotten by whoever signs in next.
    await signIn(desk.url, keeper.key);
    expect((await open().pool.query('SELECT 1 FROM sessions')).rows).toHaveLength(1);
  });

  it('are Secure where a proxy that is trusted says https, and not on anybody’s word', async () => {
    const { key } = await makeKey(open(), 'VIEWER');
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' };
    expect((await signIn(desk.url, key, headers)).set).not.toContain('Secure');
    await desk.again({ trustedProxies: ['127.0.0.0/8'] });
    expect((await signIn(desk.url, key, headers)).set).toContain('; Secure;');
  });

  it('are not begun by forms of other sites, nor used by them', async () => {
    const { key } = await makeKey(open(), 'ADMIN');
    const { cookie } = await signIn(desk.url, key);
    const origin = 'https://evil.example';
    expect(await signIn(desk.url, key, { origin })).toMatchObject({ status: 403, cookie: '' });
    expect(
      await ask(desk.url, 'mutation { createApiKey(role: ADMIN, name: "x") { key } }', { cookie, origin }),
    ).toMatchObject({ status: 403 });
    expect(await send(`${desk.url}/session`, { method: 'DELETE', headers: { cookie, origin } })).toMatchObject({
      status: 403,
    });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const headers = { 'content-type': type, cookie };
      const body = JSON.stringify({ key, query: 'mutation { createApiKey(role: ADMIN, name: "x") { key } }' });
      expect(await send(`${desk.url}/session`, { method: 'POST', headers, body })).toMatchObject({ status: 400 });
      expect((await send(`${desk.url}/graphql`, { method: 'POST', headers, body })).body).toContain('CSRF');
    }
    expect(await ask(desk.url, WHO, { cookie, origin: desk.url })).toMatchObject({ status: 200 });
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
      const { status, json } = await send(`${desk.url}/session`, { method: 'POST', headers, body });
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
