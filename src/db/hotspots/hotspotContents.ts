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

/** Pictures of each hotspot, one of those that are much the same, from the posts that are most surely of it. */
export async function imagesOfHotspots(
  pool: Pool,
  { hotspotIds, limit }: Request,
): Promise<(ImageRow & { readonly hotspotId: string })[]> {
  const { rows } = await pool.query<ImageRow & { hotspotId: string }>(
    `SELECT wanted.id AS "hotspotId", ${IMAGE_COLUMNS}
     FROM unnest($1::text[]) AS wanted (id)
     JOIN LATERAL (
       SELECT i.*, best.evidence FROM (
         SELECT DISTINCT ON (d.piece) d.post_id, d.evidence FROM detection_posts d
         WHERE d.hotspot_id = wanted.id AND d.phash IS NOT NULL ORDER BY d.piece, d.evidence DESC, d.number
       ) best
       JOIN post_images pi ON pi.post_id = best.post_id AND pi.image_sha256 IS NOT NULL
         AND pi.position = (SELECT min(position) FROM post_images WHERE post_id = best.post_id AND image_sha256 IS NOT NULL)
       JOIN images i ON i.sha256 = pi.image_sha256 ORDER BY best.evidence DESC, i.sha256 LIMIT $2
     ) i ON true
     ORDER BY i.evidence DESC, i.sha256`,
    [hotspotIds, limit],
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

/** A page of a hotspot's posts, the newest first, behind a place. */
export async function hotspotPosts(
  pool: Pool,
  {
    hotspotId,
    limit,
    after,
  }: { readonly hotspotId: string; readonly limit: number; readonly after?: PostPlace | undefined },
): Promise<{ readonly rows: PostRow[]; readonly more: boolean }> {
  const { rows } = await pool.query<PostRow>(
    `SELECT ${POST_COLUMNS} FROM detection_posts d JOIN posts p ON p.id = d.post_id
     WHERE d.hotspot_id = $1 AND ($2::timestamptz IS NULL OR (p.posted_at, p.id) < ($2, $3::uuid))
     ORDER BY p.posted_at DESC, p.id DESC LIMIT $4`,
    [hotspotId, after?.postedAt ?? null, after?.id ?? null, limit + 1],
  );
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}
