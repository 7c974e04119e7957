// Guessing keys.
import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { MAX_BY_ADDRESS, MAX_BY_PREFIX } from '../../../src/access/attempts.js';
import { newKey } from '../../../src/access/secrets.js';
import { accessDesk, WHO } from '../../support/accessDesk.js';
import { ask, bearer, makeKey, signIn } from '../../support/callers.js';
import { describeDatabases } from '../../support/databases.js';

describeDatabases('wrong keys', (open) => {
  const desk = accessDesk(open);

  it('are refused unseen after some, by key and by cookie alike, and say when to come again; a key that was right lately goes on', async () => {
    const { key } = await makeKey(open(), 'ADMIN');
    const unused = await makeKey(open(), 'ADMIN');
    expect(await ask(desk.url, WHO, bearer(key))).toMatchObject({ status: 200 });
    const counts: Record<number, number> = {};
    for (let i = 0; i < MAX_BY_ADDRESS + 20; i++) {
      const { status, headers } =
        i % 2 === 0
          ? await signIn(desk.url, newKey().key)
          : await ask(desk.url, WHO, { cookie: `hotlens_session=${i}` });
      counts[status] = (counts[status] ?? 0) + 1;
      if (status === 429) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(counts).toEqual({ 401: MAX_BY_ADDRESS, 429: 20 });
    expect(await ask(desk.url, WHO, bearer(unused.key))).toMatchObject({ status: 429, code: 'TOO_MANY_ATTEMPTS' });
    expect(await desk.who({ authorization: `Bearer ${key}` })).toMatchObject({ data: { caller: { role: 'ADMIN' } } });
    expect(await ask(desk.url, WHO, bearer(key))).toMatchObject({ status: 200 });
    const { code, reason } = await desk.socket(bearer(newKey().key)).ended;
    expect({ code, reason }).toEqual({ code: 4401, reason: expect.stringContaining('too many wrong keys') });
  });

  it('at once are not looked at before the first of them is found wrong', async () => {
    await makeKey(open(), 'ADMIN');
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(desk.url, WHO, bearer(newKey().key))));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(MAX_BY_ADDRESS);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(100 - MAX_BY_ADDRESS);
  });

  it('of one prefix are refused from wherever they come', async () => {
    const { key } = await makeKey(open(), 'ADMIN');
    await desk.again({ trustedProxies: ['127.0.0.1'] });
    const wrong = () => `${key.slice(0, -43)}${randomBytes(32).toString('base64url')}`;
    const from = (i: number) => ({ 'x-forwarded-for': `203.0.113.${i}` });
    const statuses: number[] = [];
    for (let i = 0; i < MAX_BY_PREFIX + 5; i++)
      statuses.push((await ask(desk.url, WHO, { ...bearer(wrong()), ...from(i) })).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(MAX_BY_PREFIX);
    expect(statuses.slice(MAX_BY_PREFIX)).toEqual([429, 429, 429, 429, 429]);
  });

  it('are not counted where they are right: many requests at once with one key are all answered', async () => {
    const { key } = await makeKey(open(), 'VIEWER');
    const answers = await Promise.all(
      Array.from({ length: 3 * MAX_BY_ADDRESS }, () => ask(desk.url, WHO, bearer(key))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('from one address do not hold up another behind a trusted proxy, and X-Forwarded-For is not believed of others', async () => {
    const { key } = await makeKey(open(), 'ADMIN');
    const wrong = (i: number) => ask(desk.url, WHO, { ...bearer(newKey().key), 'x-forwarded-for': `203.0.113.${i}` });
    for (let i = 0; i < MAX_BY_ADDRESS; i++) expect(await wrong(i)).toMatchObject({ status: 401 });
    expect(await wrong(200)).toMatchObject({ status: 429 });
    await desk.again({ trustedProxies: ['127.0.0.1'] });
    for (let i = 0; i < MAX_BY_ADDRESS + 5; i++) await wrong(7);
    expect(await wrong(7)).toMatchObject({ status: 429 });
    expect(await ask(desk.url, WHO, { ...bearer(key), 'x-forwarded-for': '203.0.113.8' })).toMatchObject({
      status: 200,
    });
  });
});
