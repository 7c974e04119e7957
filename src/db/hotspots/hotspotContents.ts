// What a hotspot is made of: how much, its most typical pictures and captions, and its posts.
import type { Pool } from 'pg';
import { IMAGE_COLUMNS, type ImageRow } from '../imageRow.js';
import { POST_COLUMNS, type PostRow } from '../postRow.js';
import type { PostPlace } from '../postsPage.js';

interface Request {
  readonly hotspotIds: readonly string[];
  /** Of each hotspot. */
  readonly limit: number;
}

export interface HotspotCounts {
  readonly hotspotId: string;
  readonly posts: number;
  readonly authors: number;
  readonly firstPostAt: Date;
  readonly lastPostAt: Date;
}

/** How many posts and distinct authors hotspots have, as of now; those without posts are left out. */
export async function countsOfHotspots(pool: Pool, hotspotIds: readonly string[]): Promise<HotspotCounts[]> {
  const { rows } = await pool.query<HotspotCounts>(
    `SELECT hotspot_id AS "hotspotId", count(*)::int AS posts, count(DISTINCT coalesce(author, post_id::text))::int AS authors,
            min(at) AS "firstPostAt", max(at) AS "lastPostAt"
     FROM detection_posts WHERE hotspot_id = ANY($1::text[]) GROUP BY hotspot_id`,
    [hotspotIds],
  );
  return rows;
}

/** Of each hotspot the posts that are most surely of it, of those with much the same picture one; more than a list of pictures is long. */
export async function typicalPosts(
  pool: Pool,
  hotspotIds: readonly string[],
): Promise<{ readonly hotspotId: string; readonly postIds: readonly string[] }[]> {
  const { rows } = await pool.query<{ hotspotId: string; postIds: string[] }>(
    `SELECT wanted.id AS "hotspotId", ARRAY(
       SELECT post_id FROM (
         SELECT DISTINCT ON (d.piece) d.post_id, d.evidence FROM detection_posts d
         WHERE d.hotspot_id = wanted.id AND d.phash IS NOT NULL ORDER BY d.piece, d.evidence DESC, d.number
       ) pieces ORDER BY evidence DESC, post_id LIMIT ${2 * MAX_PICTURES}
     )::text[] AS "postIds" FROM unnest($1::text[]) AS wanted (id)`,
    [hotspotIds],
  );
  return rows;
}

/** As the API has it; some posts may have lost their pictures. */
const MAX_PICTURES = 100;

/** The first pictures of the typical posts of each hotspot, in their order. */
export async function imagesOfHotspots(
  pool: Pool,
  {
    typical,
    limit,
  }: {
    readonly typical: readonly { readonly hotspotId: string; readonly postIds: readonly string[] }[];
    readonly limit: number;
  },
): Promise<(ImageRow & { readonly hotspotId: string })[]> {
  const { rows } = await pool.query<ImageRow & { hotspotId: string }>(
    `SELECT wanted."hotspotId", ${IMAGE_COLUMNS}
     FROM jsonb_to_recordset($1::jsonb) AS wanted ("hotspotId" text, "postIds" uuid[])
     JOIN LATERAL (
       SELECT i.*, best.place FROM unnest(wanted."postIds") WITH ORDINALITY AS best (post_id, place)
       JOIN LATERAL (
         SELECT image_sha256 FROM post_images WHERE post_id = best.post_id AND image_sha256 IS NOT NULL ORDER BY position LIMIT 1
       ) pi ON true JOIN images i ON i.sha256 = pi.image_sha256 ORDER BY best.place LIMIT $2
     ) i ON true
     ORDER BY i.place`,
    [JSON.stringify(typical), limit],
  );
  return rows;
}

/** Captions of each hotspot, the most frequent first: one of a piece of evidence counts. */
export async function captionsOfHotspots(
  pool: Pool,
  { hotspotIds, limit }: Request,
): Promise<{ readonly hotspotId: string; readonly text: string; readonly posts: number }[]> {
  const { rows } = await pool.query<{ hotspotId: string; text: string; posts: number }>(
    `SELECT wanted.id AS "hotspotId", c.text, c.posts FROM unnest($1::text[]) AS wanted (id)
     JOIN LATERAL (
       SELECT d.caption AS text, count(*)::int AS posts, count(DISTINCT d.piece) AS pieces, max(d.evidence) AS evidence
       FROM detection_posts d WHERE d.hotspot_id = wanted.id AND d.caption <> '' GROUP BY d.caption
       ORDER BY pieces DESC, evidence DESC, text LIMIT $2
     ) c ON true ORDER BY c.pieces DESC, c.evidence DESC, c.text`,
    [hotspotIds, limit],
  );
  return rows;
}

/** A page of a hotspot's posts, the newest first by their times as they arrived, behind a place of that order. */
export async function hotspotPosts(
  pool: Pool,
  {
    hotspotId,
    limit,
    after,
  }: { readonly hotspotId: string; readonly limit: number; readonly after?: PostPlace | undefined },
): Promise<{ readonly rows: (PostRow & { readonly listedAt: Date })[]; readonly more: boolean }> {
  const { rows } = await pool.query<PostRow & { listedAt: Date }>(
    `SELECT ${POST_COLUMNS}, d.at AS "listedAt" FROM (
       SELECT at, post_id FROM detection_posts
       WHERE hotspot_id = $1 AND ($2::timestamptz IS NULL OR (at, post_id) < ($2, $3::uuid))
       ORDER BY at DESC, post_id DESC LIMIT $4
     ) d JOIN posts p ON p.id = d.post_id ORDER BY d.at DESC, d.post_id DESC`,
    [hotspotId, after?.postedAt ?? null, after?.id ?? null, limit + 1],
  );
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}
