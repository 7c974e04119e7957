import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

describeDatabases('GET /export/posts', (open) => {
  let services: TestServices;
  let server: TestServer;
  const POSTS = 1203;
  const HOSTILE = '=HYPERLINK("http://evil.example","click")';

  beforeAll(async () => {
    services = await openTestServices(open());
    server = await startTestServer(services);
    await open().pool.query(
      `INSERT INTO posts (id, source, native_id, author, text, posted_at, raw)
       SELECT gen_random_uuid(), 'many', n::text, 'author ' || n % 7, 'post ' || n, now() - n * interval '1 minute', '{}' FROM generate_series(1, $1::int) n`,
      [POSTS],
    );
    await services.addPost({
      source: 'hostile',
      author: '@cmd',
      text: HOSTILE,
      images: ['one', 'two'],
      language: 'pt-BR',
    });
  });
  afterAll(async () => {
    await server.close();
    await services.close();
  });
  const get = (where: string) => fetch(`${server.url}/export/${where}`);

  it('gives every post once, the newest first, as CSV that has no formulas and as NDJSON', async () => {
    const csv = await get('posts.csv');
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="posts.csv"');
    const rows = parse(await csv.text(), { columns: true, bom: true }) as Record<string, string>[];
    expect(rows).toHaveLength(POSTS + 1);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(POSTS + 1);
    expect(rows.find(({ source }) => source === 'hostile')).toMatchObject({ author: "'@cmd", text: `'${HOSTILE}` });
    const lines = (await (await get('posts.ndjson')).text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(lines.find(({ source }) => source === 'hostile')).toMatchObject({
      author: '@cmd',
      text: HOSTILE,
      opinion: null,
      opinionClass: 'unknown',
      pictures: [{ caption: null }, { caption: null }],
    });
  });

  it('gives those of the filter alone, and says what is wrong with one', async () => {
    const of = async (where: string) => (await (await get(`posts.ndjson?${where}`)).text()).split('\n').length - 1;
    expect(await of('author=author%203')).toBe(Math.floor((POSTS - 3) / 7) + 1);
    expect(await of('text=post%201203')).toBe(1);
    expect(await of('picture=true')).toBe(1);
    expect(await of('hotspot=h1')).toBe(0);
    expect(await of('language=pt')).toBe(1);
    expect(await of('language=de,pt-br')).toBe(1);
    expect(await of('language=de')).toBe(0);
    for (const wrong of ['since=yesterday-ish', 'hotspot=x', 'nothing=1', 'text=%00', 'language=', 'language=e n']) {
      const answer = await get(`posts.csv?${wrong}`);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    }
    expect((await get('posts.exe')).status).toBe(404);
  });
});
