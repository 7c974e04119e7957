// Who is let in over WebSocket, and for how long.
import { expect, it } from '@jest/globals';
import WebSocket from 'ws';
import { newKey } from '../../../src/access/secrets.js';
import { accessDesk, WHO } from '../../support/accessDesk.js';
import { ask, bearer, makeKey, send, signIn } from '../../support/callers.js';
import { describeDatabases } from '../../support/databases.js';
import { until } from '../../support/until.js';

describeDatabases('access by WebSocket', (open) => {
  const desk = accessDesk(open);

  it('show their key in connectionParams, in the header of the upgrade, or by a cookie', async () => {
    const { key } = await makeKey(open(), 'VIEWER');
    const { cookie } = await signIn(desk.url, key);
    for (const params of [bearer(key), { Authorization: `Bearer ${key}` }, { authorization: key }])
      expect(await desk.who(params)).toMatchObject({ data: { caller: { role: 'VIEWER', session: false } } });
    expect(await desk.who(undefined, bearer(key))).toMatchObject({ data: { caller: { role: 'VIEWER' } } });
    expect(await desk.who(undefined, { cookie })).toMatchObject({ data: { caller: { session: true } } });
    expect(await desk.who({}, { cookie })).toMatchObject({ data: { caller: { session: true } } });
  });

  it('are closed with 4401 without one, or with one that is not valid', async () => {
    await makeKey(open(), 'VIEWER');
    await until('the door shut', async () => (await ask(desk.url, WHO)).status === 401);
    for (const params of [
      undefined,
      {},
      bearer(newKey().key),
      { authorization: 7 },
      { authorization: { a: 1 } },
      { key: 'x' },
    ])
      expect((await desk.socket(params).ended).code).toBe(4401);
  });

  it('from a page of another origin are refused, whatever they show', async () => {
    const { key } = await makeKey(open(), 'ADMIN');
    const { cookie } = await signIn(desk.url, key);
    for (const origin of ['https://evil.example', 'null', 'http://localhost:1']) {
      const foreign = new WebSocket(`${desk.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
        origin,
        headers: { cookie },
      });
      const error = await new Promise<Error>((resolve) => foreign.on('error', resolve));
      expect(error.message).toContain('401');
    }
    expect(await desk.who(undefined, { cookie, origin: desk.url })).toMatchObject({
      data: { caller: { session: true } },
    });
  });

  it('end when their key is revoked or has expired, their session ended, or the first key was made', async () => {
    const keeper = await makeKey(open(), 'ADMIN');
    const begin = (params?: Record<string, unknown>, headers?: Record<string, string>) => {
      const { client, ended } = desk.socket(params, headers);
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
    const left = await signIn(desk.url, (await makeKey(open(), 'VIEWER')).key);
    const stays = begin(bearer(keeper.key));
    const ending = [begin(bearer(revoked.key)), begin(bearer(expired.key)), begin(undefined, { cookie: left.cookie })];
    // All are let in before anything is taken back.
    for (const { client } of ending) await client.iterate({ query: WHO }).next();
    await ask(desk.url, `mutation { revokeApiKey(id: "${revoked.id}") { id } }`, bearer(keeper.key));
    await open().pool.query('UPDATE api_keys SET expires_at = now() WHERE id = $1', [expired.id]);
    await send(`${desk.url}/session`, { method: 'DELETE', headers: { cookie: left.cookie } });
    for (const { ended, over } of ending) {
      expect(await ended).toMatchObject({ code: 4401, reason: 'the key is no longer valid' });
      expect(await over).toBe(true);
    }
    expect((await stays.client.iterate({ query: WHO }).next()).value).toMatchObject({
      data: { caller: { role: 'ADMIN' } },
    });

    await open().pool.query('DELETE FROM api_keys');
    await stays.ended;
    await until('the door open', async () => (await ask(desk.url, WHO)).status === 200);
    const local = begin();
    await local.client.iterate({ query: WHO }).next();
    await makeKey(open(), 'VIEWER');
    expect(await local.ended).toMatchObject({ code: 4401 });
  });

  it('carry out nothing after their key was revoked, also before they are closed', async () => {
    const keeper = await makeKey(open(), 'ADMIN');
    const { key, id } = await makeKey(open(), 'ADMIN');
    const { client } = desk.socket(bearer(key));
    await client.iterate({ query: WHO }).next();
    await open().pool.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [id]);
    const late = client.iterate({ query: 'mutation { createApiKey(role: ADMIN, name: "late") { key } }' }).next();
    // Refused with an error, or by the end of the connection.
    await expect(late).rejects.toBeDefined();
    const { json } = await ask(desk.url, '{ apiKeys { nodes { name } } }', bearer(keeper.key));
    expect(JSON.stringify(json)).not.toContain('late');
  });
});
