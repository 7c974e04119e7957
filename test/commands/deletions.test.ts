import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { openDatabase } from '../../src/db/openDatabase.js';
import { openMediaStore } from '../../src/ingest/mediaStore.js';
import { purgeImages } from '../../src/ingest/purgeImages.js';
import { filesIn } from '../support/everywhere.js';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';

const POSTS = 5000;
/** Pictures that posts of different batches share. */
const PICTURES = 250;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-deletions-command-'));
});
afterAll(async () => {
  endAllHotlens();
  await rm(folder, { recursive: true, force: true });
});

describe('hotlens ingest of deletions', () => {
  it(`of ${POSTS} posts leaves each wholly there or wholly gone when SIGKILL ends it, and ends the work when it is run again`, async () => {
    const data = path.join(folder, 'data');
    await Promise.all(
      Array.from({ length: PICTURES }, async (_, i) => {
        const background = { r: i, g: 0, b: 0 };
        await sharp({ create: { width: 8, height: 8, channels: 3, background } })
          .png()
          .toFile(path.join(folder, `${i}.png`));
      }),
    );
    // Every fifth post has a picture that comes again in every batch, and one that only its own batch has.
    const pictures = (i: number) => [`${i % 100}.png`, `${100 + Math.floor(i / 500) * 15 + (i % 15)}.png`];
    const posts = Array.from({ length: POSTS }, (_, i) =>
      JSON.stringify({ id: `p${i}`, text: 'a', date: '2026-05-01', images: i % 5 === 0 ? pictures(i) : [] }),
    );
    const deletions = Array.from({ length: POSTS }, (_, i) => JSON.stringify({ id: `p${i}`, deleted: true }));
    const [file, gone] = [path.join(folder, 'posts.ndjson'), path.join(folder, 'gone.ndjson')];
    await writeFile(file, posts.join('\n'));
    // The first line is refused, and told of when the first batch is written: the sign to strike.
    await writeFile(gone, ['nonsense', ...deletions].join('\n'));
    expect(await runHotlens(['ingest', file, '--data', data]).ended).toBe(0);

    const killed = runHotlens(['ingest', gone, '--data', data]);
    killed.child.stderr!.once('data', () => killed.child.kill('SIGKILL'));
    expect(await killed.ended).toBe('SIGKILL');

    const media = openMediaStore(data);
    const check = async () => {
      const db = await openDatabase({ dataDir: data, databaseUrl: undefined });
      const { rows } = await db.pool.query<{
        posts: number;
        withPictures: number;
        pictures: number;
        tombstones: number;
      }>(
        `SELECT count(*)::int AS posts, (count(*) FILTER (WHERE substr(native_id, 2)::int % 5 = 0))::int AS "withPictures",
           (SELECT count(*)::int FROM post_images) AS pictures, (SELECT count(*)::int FROM tombstones) AS tombstones FROM posts`,
      );
      const [found] = rows as [(typeof rows)[0]];
      expect(found.pictures).toBe(2 * found.withPictures);
      expect(found.tombstones).toBe(POSTS - found.posts);
      // What maintenance does at a worker's start and every few minutes.
      expect((await purgeImages({ pool: db.pool, media })).failed).toEqual([]);
      const known = await db.pool.query<{ sha256: string }>('SELECT sha256::text FROM images ORDER BY 1');
      const files = (await filesIn(path.join(data, 'media'))).map((name) => path.basename(name)).sort();
      expect(files).toEqual(known.rows.map(({ sha256 }) => sha256));
      await db.close();
      return found.posts;
    };
    const left = await check();
    expect(left).toBeLessThan(POSTS);
    expect(left).toBeGreaterThan(0);

    const again = runHotlens(['ingest', gone, '--data', data, '--json']);
    expect(await again.ended).toBe(0);
    expect(JSON.parse(again.stdout())).toMatchObject({ accepted: 0, rejected: 1, deleted: POSTS });
    expect(await check()).toBe(0);
    expect(await filesIn(path.join(data, 'media'))).toEqual([]);
  }, 600_000);
});
