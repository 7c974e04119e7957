import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { Database } from '../../src/db/database.js';
import type { EnqueueWork, IngestWork } from '../../src/ingest/enqueue.js';
import type { ImportRow } from '../../src/ingest/importRow.js';
import { type IngestOptions, ingestPosts } from '../../src/ingest/ingestPosts.js';
import { openMediaStore } from '../../src/ingest/mediaStore.js';
import { describeDatabases } from '../support/databases.js';

const limits = { maxBytes: 1 << 20, maxPixels: 1_000_000, decodeMs: 60_000 };
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'hotlens-ingest-'));
});
afterAll(() => rm(dataDir, { recursive: true }));

async function* rowsOf(values: readonly unknown[]): AsyncGenerator<ImportRow> {
  for (const [i, value] of values.entries()) yield { place: i + 1, value };
}

const png = (red: number) =>
  sharp({ create: { width: 8, height: 8, channels: 3, background: { r: red, g: 0, b: 0 } } })
    .png()
    .toBuffer();

/** Ingests and notes what would be enqueued. */
function ingester(db: Database) {
  const work: IngestWork[] = [];
  const enqueue: EnqueueWork = async (client, more) => {
    // On the ingest's own connection: within its transaction the new rows are there.
    const { rows } = await client.query('SELECT id FROM post_images WHERE id = ANY ($1::uuid[])', [more.fetch]);
    expect(rows).toHaveLength(more.fetch.length);
    work.push(more);
  };
  const ingest = (values: readonly unknown[], options: Partial<IngestOptions> & { enqueue?: EnqueueWork } = {}) =>
    ingestPosts({ db, media: openMediaStore(dataDir), limits, enqueue: options.enqueue ?? enqueue }, rowsOf(values), {
      origin: 'test',
      ...options,
    });
  return { ingest, work };
}

const post = (i: number, more: object = {}) => ({ id: `p${i}`, text: `post ${i}`, createdAt: 1777629600 + i, ...more });
const count = (db: Database, source: string) => db.prisma.post.count({ where: { source } });
const picturesOf = (db: Database, source: string) =>
  db.prisma.postImage.findMany({
    where: { post: { source } },
    orderBy: [{ post: { nativeId: 'asc' } }, { position: 'asc' }],
  });

describeDatabases('ingestPosts', (open) => {
  it('takes new posts in and brings known ones up to date', async () => {
    const { ingest } = ingester(open());
    const source = 'again';
    const first = await ingest([post(1, { likes: 1, author: 'ana' }), post(2)], { source });
    expect(first).toMatchObject({ accepted: 2, updated: 0, rejected: 0, rejections: [] });
    const second = await ingest([post(1, { likes: 5, text: 'edited' }), post(3)], { source });
    expect(second).toMatchObject({ accepted: 1, updated: 1, rejected: 0 });
    const posts = await open().prisma.post.findMany({ where: { source }, orderBy: { nativeId: 'asc' } });
    expect(posts).toMatchObject([
      {
        nativeId: 'p1',
        text: 'edited',
        likes: 5,
        author: 'ana',
        importId: first.importId,
        postedAt: new Date(1777629601_000),
      },
      { nativeId: 'p2' },
      { nativeId: 'p3', importId: second.importId, raw: post(3) },
    ]);
    expect(await open().prisma.import.findUnique({ where: { id: second.importId } })).toMatchObject({
      origin: 'test',
      status: 'COMPLETED',
      accepted: 1,
      updated: 1,
      rejected: 0,
      finishedAt: expect.anything(),
    });
  });

  it('ends with 200 posts and one job each when 8 imports of the same 200 run at once', async () => {
    const { ingest, work } = ingester(open());
    const source = 'concurrent';
    // Each in another order, so that their locks could cross.
    const summaries = await Promise.all(
      Array.from({ length: 8 }, (_, k) => {
        const values = Array.from({ length: 200 }, (_, i) =>
          post((i * 7 + k * 25) % 200, { image: `https://example.org/${(i * 7 + k * 25) % 200}.jpg` }),
        );
        return ingest(k % 2 ? values.reverse() : values, { source });
      }),
    );
    expect(await count(open(), source)).toBe(200);
    expect(summaries.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(200);
    expect(summaries.reduce((sum, { updated }) => sum + updated, 0)).toBe(1400);
    const pictures = await picturesOf(open(), source);
    expect(work.flatMap(({ fetch }) => fetch).sort()).toEqual(pictures.map(({ id }) => id).sort());
    expect(pictures).toHaveLength(200);
  });

  it('takes the last of rows with the same identity, and counts the others as updates', async () => {
    const { ingest } = ingester(open());
    const summary = await ingest([post(1, { image: 'https://e.org/1.jpg' }), post(2), post(1, { text: 'last' })], {
      source: 'repeated',
    });
    expect(summary).toMatchObject({ accepted: 2, updated: 1 });
    expect(
      await open().prisma.post.findFirst({ where: { source: 'repeated', nativeId: 'p1' }, include: { images: true } }),
    ).toMatchObject({
      text: 'last',
      images: [{ url: 'https://e.org/1.jpg' }],
    });
  });

  it('keeps what later rows leave out, whether they come in the same batch or in another', async () => {
    const { ingest } = ingester(open());
    const full = post(1, { author: 'ana', lang: 'en', url: 'https://e.org/p', likes: 3, shares: 2, replies: 1 });
    await ingest([full, post(1, { text: 'later', likes: 4 })], { source: 'one-batch' });
    await ingest([full], { source: 'two-batches' });
    await ingest([post(1, { text: 'later', likes: 4 })], { source: 'two-batches' });
    const kept = {
      text: 'later',
      author: 'ana',
      language: 'en',
      url: 'https://e.org/p',
      likes: 4,
      reposts: 2,
      replies: 1,
    };
    for (const source of ['one-batch', 'two-batches']) {
      expect(await open().prisma.post.findFirst({ where: { source } })).toMatchObject(kept);
    }
  });

  it('refuses bad rows by themselves, keeps them with place and reason, and goes on', async () => {
    const { ingest } = ingester(open());
    const values = Array.from({ length: 1300 }, (_, i) =>
      i % 5 === 3 ? { id: `bad${i}`, text: 'x\0', createdAt: 'never' } : post(i),
    );
    const told: number[] = [];
    const summary = await ingest(values, { source: 'bad', onRejected: ({ place }) => told.push(place) });
    expect(summary).toMatchObject({ accepted: 1040, updated: 0, rejected: 260 });
    expect(summary.rejections).toHaveLength(100);
    expect(summary.rejections[0]).toEqual({
      place: 4,
      reason: 'createdAt: expected an ISO 8601 time or a Unix time, got "never"',
      excerpt: '{"id":"bad3","text":"x","createdAt":"never"}',
    });
    const kept = await open().prisma.importRejection.findMany({
      where: { importId: summary.importId },
      orderBy: { place: 'asc' },
    });
    expect(kept.map(({ place }) => place)).toEqual(told);
    expect(told).toHaveLength(260);
  });

  it('refuses by itself what only the database finds wrong', async () => {
    const { pool } = open();
    const { ingest } = ingester(open());
    await pool.query(`ALTER TABLE posts ADD CONSTRAINT trial CHECK (text <> 'refuse me')`);
    const values = Array.from({ length: 40 }, (_, i) => post(i, i === 17 || i === 30 ? { text: 'refuse me' } : {}));
    const summary = await ingest([...values, { id: 1 }], { source: 'constraint' });
    await pool.query('ALTER TABLE posts DROP CONSTRAINT trial');
    expect(summary).toMatchObject({ accepted: 38, rejected: 3 });
    expect(summary.rejections.map(({ place }) => place)).toEqual([18, 31, 41]);
    expect(summary.rejections[0]!.reason).toContain('the database refuses it');
    expect(await open().prisma.import.findUnique({ where: { id: summary.importId } })).toMatchObject({
      accepted: 38,
      rejected: 3,
    });
  });

  it('has a picture fetched once, again when its address changes, and forgets those that are gone', async () => {
    const { ingest, work } = ingester(open());
    const source = 'addresses';
    const [a, b, c] = ['a', 'b', 'c'].map((name) => `https://example.org/${name}.jpg`) as [string, string, string];
    await ingest([post(1, { images: [a, b] })], { source });
    const before = await picturesOf(open(), source);
    expect(before).toMatchObject([
      { position: 0, url: a, status: 'PENDING' },
      { position: 1, url: b, status: 'PENDING' },
    ]);
    await open().prisma.postImage.updateMany({
      where: { post: { source } },
      data: { status: 'FAILED', error: 'gone', attempts: 3 },
    });

    await ingest([post(1, { images: [{ url: a, alt: 'now with words' }, c, b] })], { source });
    const after = await picturesOf(open(), source);
    expect(after).toMatchObject([
      { id: before[0]!.id, url: a, status: 'FAILED', attempts: 3, altText: 'now with words' },
      { url: c, status: 'PENDING', attempts: 0, error: null },
      { url: b, status: 'PENDING' },
    ]);
    expect(after[1]!.id).not.toBe(before[1]!.id);
    await ingest([post(1)], { source });
    expect(await picturesOf(open(), source)).toHaveLength(3);
    await ingest([post(1, { images: [a] })], { source });
    expect(await picturesOf(open(), source)).toMatchObject([{ id: before[0]!.id }]);
    expect(work.map(({ fetch }) => [...fetch].sort())).toEqual([
      before.map(({ id }) => id).sort(),
      [after[1]!.id, after[2]!.id].sort(),
    ]);
  });

  it('stores pictures that come along once by content, and refuses bad ones without their posts', async () => {
    const { ingest, work } = ingester(open());
    const source = 'pictures';
    const folder = await mkdtemp(path.join(dataDir, 'folder-'));
    await mkdir(path.join(folder, 'sub'));
    await writeFile(path.join(folder, 'sub', 'red.png'), await png(255));
    await writeFile(path.join(dataDir, 'secret.png'), await png(1));
    await symlink(path.join(dataDir, 'secret.png'), path.join(folder, 'link.png'));
    await mkdir(path.join(folder, 'dir.png'));
    const base64 = (await png(255)).toString('base64');
    const refused: [number, string][] = [];
    const summary = await ingest(
      [
        post(1, { images: [{ base64, alt: 'red' }] }),
        post(2, {
          images: [
            'sub/red.png',
            '../secret.png',
            path.join(dataDir, 'secret.png'),
            'link.png',
            'missing.png',
            'dir.png',
          ],
        }),
        post(3, { images: [{ base64: Buffer.from('no picture').toString('base64') }] }),
        post(4, {
          images: [
            { base64: (await png(9)).toString('base64') },
            { base64: Buffer.alloc(limits.maxBytes + 1).toString('base64') },
          ],
        }),
      ],
      { source, imagesDir: folder, onRefusedPicture: ({ place, reason }) => refused.push([place, reason]) },
    );
    expect(summary).toMatchObject({ accepted: 4, rejected: 0, refusedPictures: 7, toFetch: 0 });
    const outside = expect.stringContaining("lies outside of the folder of the import's pictures");
    expect(refused).toEqual([
      [2, outside],
      [2, outside],
      [2, outside],
      [2, 'missing.png: there is no such file'],
      [2, 'dir.png: not a file'],
      [3, expect.stringContaining('not a picture that can be read')],
      [4, expect.stringContaining('the picture is too large')],
    ]);
    const pictures = await picturesOf(open(), source);
    const red = pictures[0]!.imageSha256!;
    expect(pictures.map(({ status, imageSha256 }) => [status, imageSha256])).toEqual([
      ['STORED', red],
      ['STORED', red],
      ...Array.from({ length: 5 }, () => ['FAILED', null]),
      ['FAILED', null],
      ['STORED', pictures[8]!.imageSha256],
      ['FAILED', null],
    ]);
    expect(work).toEqual([{ fetch: [], caption: [red, pictures[8]!.imageSha256] }]);
    expect(await openMediaStore(dataDir).read(red)).toEqual(await png(255));
    expect(await open().prisma.image.findUnique({ where: { sha256: red } })).toMatchObject({
      mimeType: 'image/png',
      width: 8,
      height: 8,
    });

    // Again: nothing new to caption, and what failed is tried again.
    await writeFile(path.join(folder, 'missing.png'), await png(44));
    await ingest([post(1, { images: [{ base64 }] }), post(2, { images: ['sub/red.png', 'missing.png'] })], {
      source,
      imagesDir: folder,
    });
    const [, , found] = await picturesOf(open(), source);
    expect(found).toMatchObject({ position: 1, status: 'STORED' });
    expect(work[1]).toEqual({ fetch: [], caption: [found!.imageSha256] });
  });

  it('names no files where none may be named', async () => {
    const { ingest } = ingester(open());
    await ingest([post(1, { image: '/etc/hostname' })], { source: 'no-folder' });
    expect(await picturesOf(open(), 'no-folder')).toMatchObject([
      { status: 'FAILED', error: expect.stringContaining('files cannot be named here') },
    ]);
  });

  it('keeps no post without its job', async () => {
    const { ingest } = ingester(open());
    const enqueue = () => Promise.reject(new Error('the queue is gone'));
    await expect(
      ingest([post(1, { image: 'https://example.org/a.jpg' })], { source: 'no-job', enqueue }),
    ).rejects.toThrow('the queue is gone');
    expect(await count(open(), 'no-job')).toBe(0);
    expect(await open().prisma.import.findFirst({ orderBy: { startedAt: 'desc' } })).toMatchObject({
      status: 'FAILED',
      error: 'the queue is gone',
    });
  });

  it('may be interrupted anywhere and repeated: nothing is lost, nothing doubled', async () => {
    const { ingest, work } = ingester(open());
    const source = 'interrupted';
    const values = Array.from({ length: 1200 }, (_, i) => post(i, { image: `https://example.org/${i}.jpg` }));
    const stop = new AbortController();
    const stopped = ingest(values, { source, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    expect(await count(open(), source)).toBe(500);
    expect(await ingest(values, { source })).toMatchObject({ accepted: 700, updated: 500, toFetch: 700 });
    expect(await count(open(), source)).toBe(1200);
    const pictures = await picturesOf(open(), source);
    expect(pictures).toHaveLength(1200);
    expect(work.flatMap(({ fetch }) => fetch).sort()).toEqual(pictures.map(({ id }) => id).sort());
  });

  it('ends with the error of a reader that breaks off, and keeps what came before', async () => {
    async function* broken(): AsyncGenerator<ImportRow> {
      for (let i = 0; i < 600; i++) yield { place: i + 1, value: post(i) };
      throw new Error('the disk is gone');
    }
    const deps = { db: open(), media: openMediaStore(dataDir), limits, enqueue: async () => undefined };
    await expect(ingestPosts(deps, broken(), { origin: 'broken', source: 'broken' })).rejects.toThrow(
      'the disk is gone',
    );
    expect(await count(open(), 'broken')).toBe(500);
    expect(await open().prisma.import.findFirst({ where: { origin: 'broken' } })).toMatchObject({
      status: 'FAILED',
      accepted: 500,
      error: 'the disk is gone',
    });
  });
});
