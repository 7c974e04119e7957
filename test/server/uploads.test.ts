import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { LEFT_MS, sweepUploads } from '../../src/jobs/sweepUploads.js';
import type { Worker } from '../../src/jobs/worker.js';
import { bearer, makeKey } from '../support/callers.js';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

const MAX_BYTES = 300_000;
const row = (id: number | string, more: object = {}) =>
  JSON.stringify({ source: 'up', id: String(id), text: `post ${id}`, postedAt: '2026-03-01T00:00:00Z', ...more });
const tinyPng = () =>
  sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
const lines = (...rows: string[]) => `${rows.join('\n')}\n`;

interface Told {
  readonly status: string;
  readonly error: string | null;
  readonly accepted: number;
  readonly updated: number;
  readonly rejected: number;
  readonly origin: string;
  readonly pictures: { readonly total: number; readonly captioned: number; readonly failed: number };
}

describeDatabases('uploads', (open) => {
  let services: TestServices;
  let server: TestServer;
  let worker: Worker;
  beforeAll(async () => {
    services = await openTestServices(open(), { env: { HOTLENS_UPLOAD_MAX_BYTES: String(MAX_BYTES) } });
    server = await startTestServer(services);
    worker = await services.startWorker();
  });
  afterAll(async () => {
    await server.close();
    await services.close();
  });

  const send = (method: string, where: string, body?: string | Uint8Array, headers: Record<string, string> = {}) =>
    fetch(`${server.url}${where}`, { method, headers, ...(body !== undefined && { body: Buffer.from(body) }) });
  const begin = async () => ((await (await send('POST', '/uploads')).json()) as { id: string }).id;
  const fileOf = (id: string, name: string) => `/uploads/${id}/file?name=${encodeURIComponent(name)}`;
  const append = (id: string, name: string, body: string | Uint8Array, offset = 0) =>
    send('PATCH', fileOf(id, name), body, { 'upload-offset': String(offset) });
  const importsOf = async (answer: Response) =>
    ((await answer.json()) as { imports: { id: string; origin: string }[] }).imports;
  const told = async (id: string) =>
    (
      await server.data<{ import: Told }>(
        `{ import(id: "${id}") { status error accepted updated rejected origin pictures { total captioned failed } } }`,
      )
    ).import;
  const ended = (id: string) =>
    until('the end of the import', async () => {
      const now = await told(id);
      return now.status === 'RUNNING' ? undefined : now;
    });
  /** As a client that is told to come later does. */
  const bring = (name: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
    until('to be taken in', async () => {
      const answer = await send('POST', `/import?name=${name}`, body, headers);
      return answer.status === 503 ? undefined : answer;
    });
  const readIn = async (answer: Response) => {
    expect(answer.status).toBe(202);
    const [one] = await importsOf(answer);
    return { id: one!.id, ...(await ended(one!.id)) };
  };
  const left = () => readdir(path.join(services.config.dataDir, 'uploads')).catch(() => []);

  it('take NDJSON, CSV and both packed in one request, read them as the command does, and are deleted then', async () => {
    const ndjson = lines(row(1), row(2), '{"id":');
    const csv = 'id,text,date\nc1,hello,2026-03-01\nc2,,\nc3,again,2026-03-02\n';
    expect(await readIn(await bring('a.ndjson', ndjson))).toMatchObject({
      status: 'COMPLETED',
      origin: 'a.ndjson',
      accepted: 2,
      updated: 0,
      rejected: 1,
    });
    const again = await readIn(await bring('a.ndjson.gz', gzipSync(ndjson)));
    expect(again).toMatchObject({ accepted: 0, updated: 2, rejected: 1 });
    expect(await readIn(await bring('c.csv&source=sheet', csv))).toMatchObject({
      accepted: 2,
      rejected: 1,
    });
    expect(await readIn(await bring('c.csv.gz&source=other', gzipSync(csv)))).toMatchObject({
      accepted: 2,
      rejected: 1,
    });
    const { rows } = await open().pool.query(`SELECT source, count(*)::int FROM posts GROUP BY 1 ORDER BY 1`);
    expect(rows).toEqual([
      { source: 'other', count: 2 },
      { source: 'sheet', count: 2 },
      { source: 'up', count: 2 },
    ]);
    await until('it is deleted', async () => (await left()).length === 0);
  });

  it('say of a file that cannot be read why, and not where it lay', async () => {
    const { status, error } = await readIn(await bring('posts.json', '[{"id": 1}]'));
    expect(status).toBe('FAILED');
    expect(error).toMatch(/^posts\.json: a JSON array; expected one object a line/);
    await until('it is deleted', async () => (await left()).length === 0);
  });

  it('take a folder with pictures that rows name by their place beside the file, and no other files', async () => {
    const id = await begin();
    const rows = [
      row('good', { images: 'pictures/red.png' }),
      row('parent', { images: '../red.png' }),
      row('absolute', { images: '/etc/hostname' }),
      row('link', { images: 'pictures/link.png' }),
      row('none', { images: 'pictures/none.png' }),
    ];
    await append(id, 'city/posts.ndjson', lines(...rows));
    await append(id, 'city/pictures/red.png', await tinyPng());
    await append(id, 'red.png', await tinyPng());
    await append(id, '.DS_Store', 'x');
    await symlink('/etc/hostname', path.join(services.config.dataDir, `uploads/${id}.part/city/pictures/link.png`));
    const answer = await send('POST', `/uploads/${id}/read`);
    const imported = await readIn(answer);
    expect(imported).toMatchObject({ status: 'COMPLETED', origin: 'posts.ndjson', accepted: 5, rejected: 0 });
    const { rows: pictures } = await open().pool.query<{ native_id: string; error: string | null }>(
      `SELECT p.native_id, i.error FROM post_images i JOIN posts p ON p.id = i.post_id WHERE p.import_id = $1 ORDER BY 1`,
      [imported.id],
    );
    expect(pictures).toEqual([
      { native_id: 'absolute', error: expect.stringContaining('lies outside') },
      { native_id: 'good', error: null },
      { native_id: 'link', error: expect.stringContaining('lies outside') },
      { native_id: 'none', error: expect.stringContaining('no such file') },
      { native_id: 'parent', error: expect.stringContaining('lies outside') },
    ]);
    await until('its caption', async () => (await told(imported.id)).pictures.captioned === 1);
    expect((await told(imported.id)).pictures).toEqual({ total: 5, captioned: 1, failed: 4 });
    const { import: problems } = await server.data<{ import: { pictureProblems: { nativeId: string }[] } }>(
      `{ import(id: "${imported.id}") { pictureProblems(first: 10) { nativeId position reason } } }`,
    );
    const byId = [...problems.pictureProblems].sort((one, other) => one.nativeId.localeCompare(other.nativeId));
    expect(byId).toEqual([
      { nativeId: 'absolute', position: 0, reason: expect.stringContaining('lies outside') },
      { nativeId: 'link', position: 0, reason: expect.stringContaining('lies outside') },
      { nativeId: 'none', position: 0, reason: expect.stringContaining('no such file') },
      { nativeId: 'parent', position: 0, reason: expect.stringContaining('lies outside') },
    ]);
  });

  it.each(['../a.csv', '/etc/a.csv', 'a/../../b.csv', 'a//b.csv', './a.csv', 'a\\..\\b.csv', 'a\0.csv', '', 'a/'])(
    'take no file called %j',
    async (name) => {
      const id = await begin();
      const answer = await append(id, name, 'x');
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
      expect((await send('POST', `/import?name=${encodeURIComponent(name)}`, 'x')).status).toBe(400);
      await send('DELETE', `/uploads/${id}`);
    },
  );

  it('take no file where another one is in its way, and no upload that there is not', async () => {
    const id = await begin();
    await append(id, 'a', 'x');
    expect((await append(id, 'a/b', 'x')).status).toBe(400);
    await append(id, 'c/d', 'x');
    expect((await append(id, 'c', 'x')).status).toBe(400);
    await send('DELETE', `/uploads/${id}`);
    for (const nobody of [id, '../media', 'x'])
      expect((await append(encodeURIComponent(nobody), 'a', 'x')).status).toBe(404);
  });

  it('go on where they were broken off, and say where that is', async () => {
    const id = await begin();
    const text = lines(...Array.from({ length: 2000 }, (_, i) => row(`resumed ${i}`)));
    const half = text.length >> 1;
    expect((await append(id, 'long.ndjson', text, 1)).status).toBe(409);
    expect((await send('HEAD', fileOf(id, 'long.ndjson'))).headers.get('upload-offset')).toBe('0');
    // A connection that ends in the middle of what it said it would send.
    const { port, hostname } = new URL(server.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        const head = `PATCH ${fileOf(id, 'long.ndjson')} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpload-Offset: 0\r\nContent-Length: ${text.length}\r\n\r\n`;
        socket.write(head + text.slice(0, half), () => socket.end(resolve));
      });
    });
    const offset = await until('what came of it', async () => {
      const head = await send('HEAD', fileOf(id, 'long.ndjson'));
      return Number(head.headers.get('upload-offset')) === half ? half : undefined;
    });
    // Until the server has noticed that the connection is broken it may say to come later.
    const noticed = (ask: () => Promise<Response>) =>
      until('its end to be noticed', async () => {
        const answer = await ask();
        return answer.status === 503 ? undefined : answer;
      });
    expect((await noticed(() => append(id, 'long.ndjson', text.slice(0, 10)))).status).toBe(409);
    // While it is not whole it is not read.
    const early = await send('POST', `/uploads/${id}/read`, JSON.stringify({ bytes: text.length }), {
      'content-type': 'application/json',
    });
    expect(early.status).toBe(409);
    const rest = await append(id, 'long.ndjson', text.slice(offset), offset);
    expect([rest.status, rest.headers.get('upload-offset')]).toEqual([204, String(text.length)]);
    const read = () =>
      send('POST', `/uploads/${id}/read`, JSON.stringify({ bytes: text.length }), {
        'content-type': 'application/json',
      });
    const [one, two] = await Promise.all([read(), read()]);
    expect(await importsOf(one.clone())).toEqual(await importsOf(two));
    expect(await readIn(one)).toMatchObject({ accepted: 2000, updated: 0 });
    // Who did not hear the answer asks again.
    expect((await read()).status).toBe(202);
    expect((await append(id, 'more.ndjson', 'x')).status).toBe(404);
    await until('it is deleted', async () => (await left()).length === 0);
  });

  it('are refused with 413 where they are too large, and nothing of them stays', async () => {
    const large = Buffer.alloc(MAX_BYTES + 1, 'x');
    expect((await send('POST', '/import?name=a.csv', large)).status).toBe(413);
    const id = await begin();
    expect((await append(id, 'a.csv', large.subarray(0, MAX_BYTES - 10))).status).toBe(204);
    const over = await append(id, 'b.csv', large.subarray(0, 11));
    expect(over.status).toBe(413);
    expect(await over.json()).toMatchObject({ errors: [{ extensions: { code: 'TOO_LARGE' } }] });
    expect((await send('DELETE', `/uploads/${id}`)).status).toBe(204);
    // Without its length, as a stream.
    const stream = new Blob([large]).stream();
    const streamed = await fetch(`${server.url}/import?name=a.csv`, {
      method: 'POST',
      body: stream,
      duplex: 'half',
    } as RequestInit);
    expect(streamed.status).toBe(413);
    await until('it is deleted', async () => (await left()).length === 0);
  });

  it('are refused with 503 and a time to come again while the disk is full', async () => {
    const full = await openTestServices(open(), { env: { HOTLENS_MIN_FREE_BYTES: String(Number.MAX_SAFE_INTEGER) } });
    const other = await startTestServer(full);
    try {
      const answer = await fetch(`${other.url}/import?name=a.csv`, { method: 'POST', body: 'id,text\n' });
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await other.close();
      await full.close();
    }
  });

  it('go on behind the last row that is written when their worker is ended, every row once', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) =>
      i % 100 === 7 ? `bad ${i}` : row(`ended ${i}`, { text: `${i}` }),
    );
    const answer = await bring('ended.ndjson', lines(...rows));
    const [one] = await importsOf(answer);
    await until('some of its rows', async () => (await told(one!.id)).accepted > 0);
    await worker.stop(10_000);
    const before = await told(one!.id);
    worker = await services.startWorker();
    const after = await ended(one!.id);
    expect(after).toMatchObject({ status: 'COMPLETED', accepted: 2970, updated: 0, rejected: 30 });
    expect(before.error).toBeNull();
    const { rows: refused } = await open().pool.query(
      'SELECT count(DISTINCT place)::int, count(*)::int AS all FROM import_rejections WHERE import_id = $1',
      [one!.id],
    );
    expect(refused).toEqual([{ count: 30, all: 30 }]);
  });

  it('give the rows that were refused page by page, and as CSV without formulas and NDJSON', async () => {
    const csv = `id,text,date\n${Array.from({ length: 150 }, (_, i) => `r${i},"=1+${i}",not a date`).join('\n')}\n`;
    const { id } = await readIn(await bring('refused.csv', csv));
    const page = (after = '') =>
      server.data<{
        import: {
          rejectedRows: {
            totalCount: number;
            nodes: { place: number; reason: string; excerpt: string }[];
            pageInfo: { endCursor: string; hasNextPage: boolean };
          };
        };
      }>(
        `{ import(id: "${id}") { rejectedRows(first: 100${after}) { totalCount nodes { place reason excerpt } pageInfo { endCursor hasNextPage } } } }`,
      );
    const first = (await page()).import.rejectedRows;
    expect([first.totalCount, first.nodes.length, first.pageInfo.hasNextPage]).toEqual([150, 100, true]);
    const second = (await page(`, after: "${first.pageInfo.endCursor}"`)).import.rejectedRows;
    expect(second.nodes.map(({ place }) => place)).toEqual(Array.from({ length: 50 }, (_, i) => 102 + i));

    const download = await send('GET', `/export/rejections.csv?import=${id}`);
    expect(download.headers.get('content-disposition')).toBe('attachment; filename="rejections.csv"');
    const rows = parse(await download.text(), { columns: true, bom: true }) as Record<string, string>[];
    expect(rows).toHaveLength(150);
    expect(rows[0]).toEqual({
      line: '2',
      field: 'date',
      reason: expect.stringMatching(/^date: expected /),
      row_beginning: expect.stringContaining('=1+0'),
    });
    const ndjson = (await (await send('GET', `/export/rejections.ndjson?import=${id}`)).text()).trim().split('\n');
    expect(ndjson.map((each) => (JSON.parse(each) as { line: number }).line)).toEqual(
      rows.map(({ line }) => Number(line)),
    );
    expect((await send('GET', '/export/rejections.csv?import=00000000-0000-4000-8000-000000000000')).status).toBe(404);
    for (const wrong of ['', '?import=x', `?import=${id}&more=1`])
      expect((await send('GET', `/export/rejections.csv${wrong}`)).status).toBe(400);
  });

  it('that nobody goes on with are deleted after a day, those that are to be read are not', async () => {
    const id = await begin();
    await append(id, 'a.csv', 'x');
    await sweepUploads(services);
    expect(await left()).toEqual([`${id}.part`]);
    await worker.stop(10_000);
    const [waiting] = await importsOf(await bring('waits.ndjson', lines(row('waits'))));
    await mkdir(path.join(services.config.dataDir, 'uploads/not-ours'), { recursive: true });
    await writeFile(path.join(services.config.dataDir, 'uploads/not-ours/file'), '');
    await sweepUploads(services, Date.now() + LEFT_MS + 1000);
    expect((await left()).filter((name) => name.endsWith('.part'))).toEqual([]);
    worker = await services.startWorker();
    expect(await ended(waiting!.id)).toMatchObject({ status: 'COMPLETED', accepted: 1 });
    await until('it is deleted', async () => (await left()).join() === 'not-ours');
  });

  it('are for analysts: a viewer is refused, and the audit knows of both', async () => {
    const viewer = bearer((await makeKey(open(), 'VIEWER')).key);
    const analyst = await makeKey(open(), 'ANALYST');
    await until('the door shut', async () => (await send('GET', '/session')).status === 401);
    for (const [method, where] of [
      ['POST', '/import?name=a.csv'],
      ['POST', '/uploads'],
      ['PATCH', '/uploads/x/file?name=a'],
      ['POST', '/uploads/x/read'],
      ['DELETE', '/uploads/x'],
    ] as const) {
      const answer = await send(method, where, undefined, viewer);
      expect({ where, status: answer.status }).toEqual({ where, status: 403 });
      expect((await send(method, where)).status).toBe(401);
    }
    const answer = await bring('mine.ndjson', lines(row('mine')), bearer(analyst.key));
    const [mine] = await importsOf(answer);
    await until('it is deleted', async () => (await left()).join() === 'not-ours');
    const { rows } = await open().pool.query(
      `SELECT key_id, outcome, target, after FROM audit_events WHERE action = 'import' ORDER BY at DESC, id DESC LIMIT 2`,
    );
    expect(rows).toEqual([
      {
        key_id: analyst.id,
        outcome: 'DONE',
        target: mine!.id,
        after: { origin: 'mine.ndjson', files: 1, bytes: lines(row('mine')).length },
      },
      expect.objectContaining({ outcome: 'DENIED', target: null }),
    ]);
  });
});
