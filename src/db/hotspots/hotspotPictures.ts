// Which pictures do the posts of a hotspot show, and how often? A page of all of them, each once however often it was posted there.
import type { Pool } from 'pg';
import { IMAGE_COLUMNS, type ImageRow } from '../imageRow.js';
import { imagesByHash } from '../imagesByHash.js';
import {
  type HotspotPictureOrder,
  KEYS,
  type PictureList,
  type PicturePlace,
  pictureList,
  SHOWN,
} from './pictureList.js';
import type { HotspotStamp } from './stampsOfHotspots.js';

export interface HotspotPictureRow extends ImageRow {
  /** How often posts of the hotspot show it, and when the newest of them was published, as of its arrival. */
  readonly posts: number;
  readonly lastPostAt: Date;
  /** Of the whole list: its length, and when, in the time of the stream, the last of its posts came into the hotspot. */
  readonly total: number;
  readonly asOf: Date;
}

export interface HotspotPicturesOptions {
  readonly hotspotId: string;
  readonly order: HotspotPictureOrder;
  readonly limit: number;
  /** Only what follows it in the order. */
  readonly after?: PicturePlace | undefined;
  /** So many more are left out. */
  readonly skip?: number | undefined;
  /** Only posts that had come into the hotspot by then. */
  readonly asOf?: Date | undefined;
  /** Of the hotspot's posts; null: it has none. */
  readonly stamp: HotspotStamp | null;
}

interface Page {
  readonly rows: HotspotPictureRow[];
  readonly more: boolean;
}

/** Posts from which on the whole list is kept: to make a page of fewer takes some ten milliseconds. */
export const LONG = 10_000;

/** At most `limit` pictures, and whether there are more. */
export async function hotspotPictures(pool: Pool, options: HotspotPicturesOptions): Promise<Page> {
  const { stamp } = options;
  if (stamp === null) return { rows: [], more: false };
  if (stamp.posts < LONG) return pageOfPictures(pool, options);
  return pageOfList(pool, await pictureList(pool, { ...options, stamp: stamp.stamp }), options);
}

/** SQL: the values of a place in an order. */
const PLACES: Record<HotspotPictureOrder, string> = {
  NEWEST: '$6::timestamptz, $7::bpchar, $5::int',
  MOST_POSTED: '$5::int, $6::timestamptz, $7::bpchar',
};

/** By one statement, which goes through all posts of the hotspot. */
export async function pageOfPictures(
  pool: Pool,
  { hotspotId, order, limit, after, skip = 0, asOf }: Omit<HotspotPicturesOptions, 'stamp'>,
): Promise<Page> {
  const down = (table: string) => KEYS[order].map((key) => `${table}.${key} DESC`).join(', ');
  const { rows } = await pool.query<HotspotPictureRow>(
    `SELECT ${IMAGE_COLUMNS}, page.posts, page."lastPostAt", page.total, page."asOf" FROM (
       SELECT * FROM (
         SELECT *, (count(*) OVER ())::int AS total, max("joinedAt") OVER () AS "asOf" FROM (${SHOWN}) each
       ) shown WHERE $7::bpchar IS NULL OR (${KEYS[order].join(', ')}) < (${PLACES[order]})
       ORDER BY ${down('shown')} LIMIT $3 OFFSET $4
     ) page JOIN images i ON i.sha256 = page.sha256 ORDER BY ${down('page')}`,
    [hotspotId, asOf ?? null, limit + 1, skip, after?.posts ?? null, after?.lastPostAt ?? null, after?.sha256 ?? null],
  );
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

/** From the whole list. */
export async function pageOfList(
  pool: Pool,
  list: PictureList,
  { after, skip = 0, limit }: Pick<HotspotPicturesOptions, 'after' | 'skip' | 'limit'>,
): Promise<Page> {
  const places = list.page({ after, skip, limit: limit + 1 });
  const images = await imagesByHash(
    pool,
    places.map(({ sha256 }) => sha256),
  );
  const byHash = new Map(images.map((image) => [image.sha256, image]));
  const { total, asOf } = list;
  const rows = places.slice(0, limit).flatMap(({ sha256, posts, lastPostAt }): HotspotPictureRow[] => {
    const image = byHash.get(sha256);
    // One that was deleted meanwhile.
    return image === undefined ? [] : [{ ...image, posts, lastPostAt, total, asOf: asOf! }];
  });
  return { rows, more: places.length > limit };
}
