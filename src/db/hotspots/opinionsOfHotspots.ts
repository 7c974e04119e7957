// What the posts of hotspots say of feeling.
import type { Pool } from 'pg';
import type { OpinionPost } from '../../analytics/opinion/timeline.js';

/** Every post of these hotspots, the oldest first. */
export async function opinionsOfHotspots(
  pool: Pool,
  hotspotIds: readonly string[],
): Promise<(OpinionPost & { readonly hotspotId: string })[]> {
  const { rows } = await pool.query<{ hotspotId: string; id: string; at: Date; author: string; score: number | null }>(
    `SELECT hotspot_id AS "hotspotId", post_id::text AS id, at, coalesce(author, 'author of ' || post_id) AS author, opinion AS score
     FROM detection_posts WHERE hotspot_id = ANY($1::text[]) ORDER BY at, number`,
    [hotspotIds],
  );
  return rows.map(({ at, ...row }) => ({ ...row, at: at.getTime() }));
}

/** The stored opinions of posts; those that detection has not taken in are left out. */
export async function opinionsOfPosts(
  pool: Pool,
  postIds: readonly string[],
): Promise<{ readonly id: string; readonly score: number | null }[]> {
  const { rows } = await pool.query<{ id: string; score: number | null }>(
    `SELECT post_id::text AS id, opinion AS score FROM detection_posts WHERE post_id = ANY($1::uuid[])`,
    [postIds],
  );
  return rows;
}
