import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type MediaStore, openMediaStore } from '../../src/ingest/mediaStore.js';
import { sweepMedia } from '../../src/ingest/sweepMedia.js';
import { describeDatabases } from '../support/databases.js';

const HOUR = 60 * 60_000;

describeDatabases('sweepMedia', (open) => {
  let folder: string;
  let media: MediaStore;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-sweep-'));
    media = openMediaStore(folder);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const files = async () =>
    (await readdir(media.root, { recursive: true })).filter((name) => path.basename(name).length >= 64);
  const sweep = (now: number) => sweepMedia({ root: media.root, pool: open().pool, olderThanMs: HOUR, now });
  const put = (text: string) => media.put(Buffer.from(text));

  it('removes what was never finished and pictures without a row, once they are old, and nothing else', async () => {
    const known = await put('known');
    const left = await put('left');
    await open().pool.query(
      `INSERT INTO images (sha256, bytes, mime_type, width, height, phash) VALUES ($1, 5, 'image/png', 1, 1, '0123456789abcdef')`,
      [known],
    );
    await writeFile(`${media.pathOf(left)}.123e4567-e89b-42d3-a456-426614174000`, 'half');
    const stranger = path.join(path.dirname(media.pathOf(left)), 'README');
    await writeFile(stranger, 'of somebody');
    expect(await sweep(Date.now())).toBe(0);
    expect(await sweep(Date.now() + 2 * HOUR)).toBe(2);
    expect([await media.has(known), await media.has(left)]).toEqual([true, false]);
    expect(await readdir(path.dirname(stranger))).toEqual(['README']);
  });

  it('leaves a picture without a row that somebody has just given again', async () => {
    const old = new Date(Date.now() - 5 * HOUR);
    const again = await put('again');
    const gone = await put('gone');
    for (const sha256 of [again, gone]) await utimes(media.pathOf(sha256), old, old);
    await put('again');
    expect(await sweep(Date.now())).toBe(1);
    expect([await media.has(again), await media.has(gone)]).toEqual([true, false]);
    expect((await files()).filter((name) => name.includes('.'))).toEqual([]);
  });

  it('finds nothing where there is no store yet', async () => {
    expect(
      await sweepMedia({ root: path.join(folder, 'none'), pool: open().pool, olderThanMs: 0, now: Date.now() }),
    ).toBe(0);
  });
});
