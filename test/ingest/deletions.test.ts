import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { forgetTombstones, postKeys } from '../../src/db/erasure/tombstones.js';
import { withTransaction } from '../../src/db/withTransaction.js';
import { csvRows } from '../../src/ingest/csvRows.js';
import type { ImportRow } from '../../src/ingest/importRow.js';
import { type IngestOptions, ingestPosts } from '../../src/ingest/ingestPosts.js';
import { openMediaStore } from '../../src/ingest/mediaStore.js';
import { prepareBatches } from '../../src/ingest/prepareBatches.js';
import { readDeletion } from '../../src/ingest/readDeletion.js';
import { writeBatch } from '../../src/ingest/writeBatch.js';
import { readRetention } from '../../src/retention.js';
import { describeDatabases } from '../support/databases.js';
import { filesIn } from '../support/everywhere.js';

describe('readDeletion', () => {
  const source = 'here';
  const uri = 'at://did:plc:6aw7u7xjbaiznddugigmdhvc/app.bsky.feed.post/3mptbxs3hq22j';
  const commit = { operation: 'delete', collection: 'app.bsky.feed.post', rkey: '3mptbxs3hq22j' };
  const did = 'did:plc:6aw7u7xjbaiznddugigmdhvc';

  it.each([
    [
      { source: 'a', id: '1', deleted: true },
      { source: 'a', nativeId: '1' },
    ],
    [
      { id: 7, Deleted: 'True', text: '' },
      { source, nativeId: '7' },
    ],
    // Shapes of Bluesky's Jetstream, versions 1 and 2, after the fields of its lexicon and fixtures.
    [
      { did, time_us: 1783175888373482, kind: 'commit', commit: { rev: '3mp', ...commit } },
      { source: 'bluesky', nativeId: uri },
    ],
    [
      { $type: 'message', payload: { $type: 'network.bsky.jetstream.subscribeEvents#commit', seq: 1, did, ...commit } },
      { source: 'bluesky', nativeId: uri },
    ],
    // Of Mastodon's streaming API the payload is the id alone.
    [
      { stream: ['public'], event: 'delete', payload: '106692867363994015' },
      { source, nativeId: '106692867363994015' },
    ],
  ])('reads %j as the deletion of a post', (row, post) => {
    expect(readDeletion(row, { source })).toEqual(post);
  });

  it.each([
    [{ id: '1', text: 'deleted', deleted: false }],
    [{ id: '1', text: 'x', deleted: 'no' }],
    [{ did, kind: 'commit', commit: { ...commit, operation: 'create', record: {} } }],
    [{ event: 'update', payload: '{}' }],
    ['deleted'],
    [null],
  ])('leaves %j to be read as a post', (row) => {
    expect(readDeletion(row, { source })).toBeNull();
  });

  it('says what is wrong with a deletion that names no post', () => {
    expect(readDeletion({ deleted: true }, { source })).toEqual({ reason: 'id: missing' });
  });
});

describeDatabases('deletions among the rows of an import', (open) => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'hotlens-deletions-'));
  });
  afterEach(() => open().pool.query('TRUNCATE posts, images, imports, tombstones, lost_images CASCADE'));
  afterAll(() => rm(dataDir, { recursive: true }));

  async function* rowsOf(values: readonly unknown[]): AsyncGenerator<ImportRow> {
    for (const [i, value] of values.entries()) yield { place: i + 1, value };
  }
  const limits = { maxBytes: 1 << 20, maxPixels: 1_000_000, decodeMs: 20_000 };
  const deps = () => ({ db: open(), media: openMediaStore(dataDir), limits, enqueue: async () => undefined });
  const ingestRows = (rows: AsyncIterable<ImportRow>, options: Partial<IngestOptions> = {}) =>
    ingestPosts(deps(), rows, { origin: 'test', source: 'test', ...options });
  const ingest = (values: readonly unknown[]) => ingestRows(rowsOf(values));
  const post = (id: string, more: object = {}) => ({ id, text: `post ${id}`, createdAt: '2026-05-01', ...more });
  const gone = (id: string) => ({ id, deleted: true });
  const posts = async () =>
    (await open().prisma.post.findMany({ select: { nativeId: true }, orderBy: { nativeId: 'asc' } })).map(
      ({ nativeId }) => nativeId,
    );
  const picture = async () => ({
    base64: (
      await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
        .png()
        .toBuffer()
    ).toString('base64'),
  });

  it('are carried out and counted, of posts that were never here too, and keep these from coming in', async () => {
    await ingest([post('a'), post('b')]);
    const summary = await ingest([gone('a'), gone('never'), post('c')]);
    expect(summary).toMatchObject({ accepted: 1, updated: 0, rejected: 0, deleted: 2 });
    expect(await posts()).toEqual(['b', 'c']);
    const again = await ingest([post('a'), post('b'), post('never')]);
    expect(again).toMatchObject({ accepted: 0, updated: 1, rejected: 2, deleted: 0 });
    const today = new Date().toISOString().slice(0, 10);
    const reason = `deleted on ${today} (upstream): the mutation forgetTombstones lets it come in again`;
    expect(again.rejections).toEqual([
      { place: 1, reason, excerpt: '' },
      { place: 3, reason, excerpt: '' },
    ]);
    expect(await open().prisma.import.findUnique({ where: { id: summary.importId } })).toMatchObject({ deleted: 2 });
  });

  it('hold in the order of the rows, also within one batch: what comes before goes, what comes after is rejected', async () => {
    const image = await picture();
    const rows = [post('a', { images: [image] }), gone('a'), post('a', { images: [image] }), post('a'), post('b')];
    expect(await ingest(rows)).toMatchObject({ accepted: 2, updated: 0, rejected: 2, deleted: 1 });
    expect(await posts()).toEqual(['b']);
    expect(await filesIn(path.join(dataDir, 'media'))).toEqual([]);
  });

  it('leave no bytes of a picture that comes with a post that was deleted', async () => {
    await ingest([gone('a')]);
    expect(await ingest([post('a', { images: [await picture()] })])).toMatchObject({ accepted: 0, rejected: 1 });
    expect(await filesIn(path.join(dataDir, 'media'))).toEqual([]);
  });

  it('come in by CSV too', async () => {
    await ingest([post('a'), post('b')]);
    const csv = 'id,text,created_at,deleted\na,,,true\nb,edited,2026-05-01,false\n';
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(csv);
    }
    expect(await ingestRows(csvRows(chunks()))).toMatchObject({ updated: 1, deleted: 1 });
    expect(await posts()).toEqual(['b']);
  });

  it('take the beginnings of rows along that were refused for other reasons', async () => {
    const bad = post('a', { text: 'a secret', createdAt: 'never' });
    const { importId } = await ingest([bad, 'a secret']);
    await ingest([gone('a')]);
    expect(
      await open().prisma.importRejection.findMany({ where: { importId }, orderBy: { place: 'asc' } }),
    ).toMatchObject([
      { place: 1, reason: 'the post was deleted', excerpt: '' },
      // Whose row this is nobody can tell: it goes with the record of its import.
      { place: 2, excerpt: '"a secret"' },
    ]);
  });

  it('keep nothing of later rows of the post either that are refused for other reasons', async () => {
    await ingest([gone('a')]);
    const { importId } = await ingest([post('a', { text: 'a secret', createdAt: 'never' })]);
    expect(await open().prisma.importRejection.findMany({ where: { importId } })).toMatchObject([
      { reason: expect.stringMatching(/^deleted on /), excerpt: '' },
    ]);
  });

  it('may be taken back: the post comes in again', async () => {
    await ingest([gone('a')]);
    const forgotten = await withTransaction(open().pool, async (client) => {
      const keyOf = await postKeys(client);
      return forgetTombstones(
        client,
        ['a', 'b'].map((nativeId) => keyOf({ source: 'test', nativeId })),
      );
    });
    expect(forgotten).toBe(1);
    expect(await ingest([post('a')])).toMatchObject({ accepted: 1, rejected: 0 });
  });

  it('say nothing of the post that they are of: without the secret, its key cannot be told from any other', async () => {
    await ingest([gone('a')]);
    const { rows } = await open().pool.query<{ post_key: Buffer }>('SELECT post_key FROM tombstones');
    const before = rows[0]!.post_key;
    await open().pool.query('TRUNCATE tombstones, tombstone_secret');
    await ingest([gone('a')]);
    const { rows: others } = await open().pool.query<{ post_key: Buffer }>('SELECT post_key FROM tombstones');
    expect(others[0]!.post_key).toHaveLength(32);
    expect(others[0]!.post_key.equals(before)).toBe(false);
  });

  it('spare no picture whose bytes went between its coming and its being written: they are stored once more', async () => {
    const options = { ...deps(), pool: open().pool, source: 'test', imagesDir: undefined, retention: undefined };
    const { value: batch } = await prepareBatches(rowsOf([post('a', { images: [await picture()] })]), options).next();
    const { sha256 } = batch!.posts[0]!.pictures![0]!.image!;
    await options.media.delete(sha256);
    const { id: importId } = await open().prisma.import.create({ data: { origin: 'test' } });
    await writeBatch(deps(), { importId, batch: batch! });
    expect(await options.media.has(sha256)).toBe(true);
    await options.media.delete(sha256);
  });

  it('reject posts that are older than they are kept, and keep nothing of their rows', async () => {
    const retention = readRetention('30d,archive=keep');
    const now = new Date().toISOString();
    const rows = [post('old'), post('new', { createdAt: now }), post('old', { source: 'archive' })];
    const summary = await ingestPosts({ ...deps(), retention }, rowsOf(rows), { origin: 'test', source: 'test' });
    expect(summary).toMatchObject({ accepted: 2, rejected: 1 });
    expect(summary.rejections).toEqual([
      {
        place: 1,
        reason: 'postedAt: posts of test are kept for 30 days (HOTLENS_RETENTION), this one is older',
        excerpt: '',
      },
    ]);
  });
});
