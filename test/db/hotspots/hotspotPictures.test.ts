// Pages of a hotspot's pictures that a statement makes, and those of the list that is kept.
import { createHash } from 'node:crypto';
import { beforeAll, expect, it } from '@jest/globals';
import {
  type HotspotPictureRow,
  hotspotPictures,
  LONG,
  pageOfList,
  pageOfPictures,
} from '../../../src/db/hotspots/hotspotPictures.js';
import { type HotspotPictureOrder, pictureList } from '../../../src/db/hotspots/pictureList.js';
import { stampsOfHotspots } from '../../../src/db/hotspots/stampsOfHotspots.js';
import { statementsOf } from '../../support/countStatements.js';
import { describeDatabases } from '../../support/databases.js';
import { addPicturedPosts } from '../../support/picturedHotspot.js';

const IMAGES = 60;
const ORDERS: readonly HotspotPictureOrder[] = ['NEWEST', 'MOST_POSTED'];

describeDatabases('pages of pictures', (open) => {
  const hash = (name: string | number) => createHash('sha256').update(`picture ${name}`).digest('hex');
  const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute));
  const stampOf = async (id: string) => (await stampsOfHotspots(open().pool, [id]))[0]!;
  const addImages = (names: readonly (string | number)[]) =>
    open().pool.query(
      `INSERT INTO images (sha256, bytes, mime_type, width, height, phash) SELECT sha256, 1, 'image/png', 4, 3, '0123456789abcdef'
       FROM unnest($1::bpchar[]) AS sha256`,
      [names.map(hash)],
    );

  beforeAll(async () => {
    const names = Array.from({ length: IMAGES }, (_, i) => i);
    await addImages(names);
    // Often posted and seldom, at times that many share, and come into the hotspot in another order than they were posted.
    const posts = names.flatMap((i) =>
      Array.from({ length: 1 + ((i * 7) % 4) }, (_, n) => ({
        at: at((i * 5 + n) % 11),
        joinedAt: at(20 + ((i + n) % 9)),
        images: [hash(i)],
      })),
    );
    await addPicturedPosts(open().pool, 'h1', posts);
  });

  it.each(ORDERS)('are the same, from wherever and as of whenever: %s', async (order) => {
    const { pool } = open();
    const { stamp } = await stampOf('h1');
    for (const asOf of [undefined, at(24), at(0)]) {
      const of = { hotspotId: 'h1', order, asOf };
      const list = await pictureList(pool, { ...of, stamp });
      const whole = (await pageOfPictures(pool, { ...of, limit: 100 })).rows;
      expect(list.total).toBe(whole.length);
      expect(list.asOf).toEqual(whole[0]?.asOf ?? null);
      const nowhere: HotspotPictureRow = { ...whole[0]!, posts: 2, lastPostAt: at(5), sha256: '7'.repeat(64) };
      for (const after of [undefined, ...whole, nowhere])
        for (const [skip, limit] of [
          [0, 7],
          [5, 3],
          [59, 4],
        ] as const) {
          const part = { after, skip, limit };
          expect(await pageOfList(pool, list, part)).toEqual(await pageOfPictures(pool, { ...of, ...part }));
        }
    }
  });

  it('leave out a picture that was deleted since the list was made', async () => {
    const { pool } = open();
    await addImages(['gone']);
    await addPicturedPosts(pool, 'h2', [
      { at: at(1), images: [hash('gone')] },
      { at: at(2), images: [hash(1)] },
    ]);
    const list = await pictureList(pool, { hotspotId: 'h2', order: 'NEWEST', stamp: (await stampOf('h2')).stamp });
    await pool.query('UPDATE post_images SET image_sha256 = NULL, status = $2 WHERE image_sha256 = $1', [
      hash('gone'),
      'PENDING',
    ]);
    await pool.query('DELETE FROM images WHERE sha256 = $1', [hash('gone')]);
    const { rows } = await pageOfList(pool, list, { limit: 10 });
    expect(rows.map(({ sha256 }) => sha256)).toEqual([hash(1)]);
  });

  it('of a long hotspot come from a list that is made once, and anew when its posts are others', async () => {
    const { pool } = open();
    const images = [hash(1), hash(2)];
    await addPicturedPosts(
      pool,
      'h3',
      Array.from({ length: LONG }, (_, i) => ({ at: at(i % 50), images: [images[i % 2]!] })),
    );
    const ask = async () =>
      hotspotPictures(pool, { hotspotId: 'h3', order: 'MOST_POSTED', limit: 5, stamp: await stampOf('h3') });
    const counts = async () => (await ask()).rows.map(({ posts }) => posts);
    const lists = async () => (await statementsOf(pool, ask)).filter((text) => text.includes('string_agg')).length;
    expect(await lists()).toBe(1);
    expect(await lists()).toBe(0);
    expect(await counts()).toEqual([LONG / 2, LONG / 2]);
    await addPicturedPosts(pool, 'h3', [{ at: at(60), images: [hash(3), hash(1)] }]);
    expect(await counts()).toEqual([LONG / 2 + 1, LONG / 2, 1]);
    expect((await hotspotPictures(pool, { hotspotId: 'h9', order: 'NEWEST', limit: 5, stamp: null })).rows).toEqual([]);
  });
});
