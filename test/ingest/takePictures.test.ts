// Pictures that come along with posts: each content is decoded and kept once, however often and from wherever it comes.
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { ImportRow } from '../../src/ingest/importRow.js';
import { ingestPosts } from '../../src/ingest/ingestPosts.js';
import { type MediaStore, openMediaStore } from '../../src/ingest/mediaStore.js';
import type { PostPicture } from '../../src/ingest/readPictures.js';
import { openPictures } from '../../src/ingest/takePictures.js';
import { describeDatabases } from '../support/databases.js';
import { filesIn } from '../support/everywhere.js';

const LIMITS = { maxBytes: 1 << 20, maxPixels: 10_000, decodeMs: 10_000 };

describeDatabases('taking in the pictures of posts', (open) => {
  let folder: string;
  let media: MediaStore;
  /** Contents that were written to the store, in their order. */
  let put: number[];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-pictures-'));
    const store = openMediaStore(path.join(folder, 'media'));
    put = [];
    media = {
      ...store,
      put(bytes) {
        put.push(bytes.length);
        return store.put(bytes);
      },
    };
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const drawn = (background: string, side = 20) =>
    sharp({ create: { width: side, height: side, channels: 3, background } })
      .png()
      .toBuffer();
  const file = (name: string): PostPicture => ({ kind: 'file', file: name, altText: null });
  const taking = (limits = LIMITS) => openPictures({ pool: open().pool, media, limits, imagesDir: folder });

  it('decodes and keeps a content once, from files of any name and from bytes', async () => {
    const bytes = await drawn('red');
    await writeFile(path.join(folder, 'a.png'), bytes);
    await copyFile(path.join(folder, 'a.png'), path.join(folder, 'b.png'));
    put.length = 0;
    const take = taking();
    const pictures = [file('a.png'), file('b.png'), { kind: 'bytes', bytes, altText: 'red' } as const, file('a.png')];
    const taken = [...(await take(pictures)), ...(await take([file('b.png')]))];
    expect(new Set(taken.map(({ image }) => image!.sha256)).size).toBe(1);
    expect(taken.map(({ altText, error }) => [altText, error])).toEqual([
      [null, null],
      [null, null],
      ['red', null],
      [null, null],
      [null, null],
    ]);
    expect(put).toEqual([bytes.length]);
  });

  it('takes in what a file has become, also where it was remembered', async () => {
    const take = taking();
    await writeFile(path.join(folder, 'changing.png'), await drawn('blue'));
    // Only what has not just been changed is remembered.
    await new Promise((resolve) => setTimeout(resolve, 2100));
    const [first] = await take([file('changing.png')]);
    expect((await take([file('changing.png')]))[0]!.image).toEqual(first!.image);
    await writeFile(path.join(folder, 'changing.png'), await drawn('lime'));
    const [second] = await take([file('changing.png')]);
    expect(second!.image!.sha256).not.toBe(first!.image!.sha256);
    expect(await filesIn(path.join(folder, 'media'))).toEqual(
      expect.arrayContaining([expect.stringContaining(second!.image!.sha256)]),
    );
    await rm(path.join(folder, 'changing.png'));
    expect((await take([file('changing.png')]))[0]).toMatchObject({
      image: null,
      error: 'changing.png: there is no such file',
    });
  });

  it('takes the word of the database for what is kept already, but not for limits that have become narrower', async () => {
    const bytes = await drawn('black', 50);
    const images = [{ base64: bytes.toString('base64') }];
    async function* rows(): AsyncGenerator<ImportRow> {
      yield { place: 1, value: { id: '1', text: 'black', createdAt: '2026-05-01', images } };
    }
    const deps = { db: open(), media, limits: LIMITS, enqueue: async () => undefined };
    expect(await ingestPosts(deps, rows(), { origin: 'test', source: 'test' })).toMatchObject({ accepted: 1 });
    put.length = 0;
    const [known] = await taking()([{ kind: 'bytes', bytes, altText: null }]);
    expect(known).toMatchObject({ error: null, image: { width: 50, height: 50, mimeType: 'image/png' } });
    expect(put).toEqual([]);
    const [refused] = await taking({ ...LIMITS, maxPixels: 2499 })([{ kind: 'bytes', bytes, altText: null }]);
    expect(refused).toMatchObject({ image: null, error: expect.stringContaining('pixels') });
  });
});
