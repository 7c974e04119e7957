// Which pictures do the posts of a hotspot show, and how often? A page of all of them, each once however often it was posted there.
import type { Pool } from 'pg';
import { IMAGE_COLUMNS, type ImageRow } from '../imageRow.js';

export type HotspotPictureOrder = 'NEWEST' | 'MOST_POSTED';

/** What pictures are listed by. */
export interface PicturePlace {
  readonly posts: number;
  readonly lastPostAt: Date;
  readonly sha256: string;
}

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
}

/** SQL: what the pictures are ordered by, downwards, and the values of a place in that order. */
const KEYS: Record<HotspotPictureOrder, { readonly keys: readonly string[]; readonly place: string }> = {
  NEWEST: { keys: ['"lastPostAt"', 'sha256', 'posts'], place: '$6::timestamptz, $7::bpchar, $5::int' },
  MOST_POSTED: { keys: ['posts', '"lastPostAt"', 'sha256'], place: '$5::int, $6::timestamptz, $7::bpchar' },
};

/**
 * At most `limit` pictures, and whether there are more. One statement, which goes through all posts of the hotspot. To leave out of the count that a post
 * shows a picture twice took four times as long (sorting, or a look at each picture's post): it counts twice.
 */
export async function hotspotPictures(
  pool: Pool,
  { hotspotId, order, limit, after, skip = 0, asOf }: HotspotPicturesOptions,
): Promise<{ readonly rows: HotspotPictureRow[]; readonly more: boolean }> {
  const { keys, place } = KEYS[order];
  const down = (table: string) => keys.map((key) => `${table}.${key} DESC`).join(', ');
  const { rows } = await pool.query<HotspotPictureRow>(
    `SELECT ${IMAGE_COLUMNS}, page.posts, page."lastPostAt", page.total, page."asOf" FROM (
       SELECT * FROM (
         SELECT pi.image_sha256 AS sha256, count(*)::int AS posts, max(d.at) AS "lastPostAt",
                (count(*) OVER ())::int AS total, max(max(d.joined_at)) OVER () AS "asOf"
         FROM detection_posts d JOIN post_images pi ON pi.post_id = d.post_id
         WHERE d.hotspot_id = $1 AND pi.image_sha256 IS NOT NULL AND ($2::timestamptz IS NULL OR d.joined_at <= $2)
         GROUP BY pi.image_sha256
       ) shown WHERE $7::bpchar IS NULL OR (${keys.join(', ')}) < (${place})
       ORDER BY ${down('shown')} LIMIT $3 OFFSET $4
     ) page JOIN images i ON i.sha256 = page.sha256 ORDER BY ${down('page')}`,
    [hotspotId, asOf ?? null, limit + 1, skip, after?.posts ?? null, after?.lastPostAt ?? null, after?.sha256 ?? null],
  );
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}
