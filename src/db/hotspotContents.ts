// What a hotspot is made of: its most typical images, and its newest posts.
import type { Pool } from 'pg';
import { IMAGE_COLUMNS, type ImageRow } from './imageRow.js';
import { POST_COLUMNS, type PostRow } from './postRow.js';

interface Request {
  readonly hotspotIds: readonly string[];
  /** Of each hotspot. */
  readonly limit: number;
}

/** The images nearest to the centre of each hotspot first. */
export async function imagesOfHotspots(
  pool: Pool,
  { hotspotIds, limit }: Request,
): Promise<(ImageRow & { readonly hotspotId: string })[]> {
  const { rows } = await pool.query<ImageRow & { hotspotId: string }>(
    `SELECT h.id AS "hotspotId", ${IMAGE_COLUMNS}
     FROM hotspots h
     JOIN LATERAL (
       SELECT i.*, m.similarity FROM hotspot_members m JOIN images i ON i.sha256 = m.image_sha256
       WHERE m.hotspot_id = h.id ORDER BY m.similarity DESC, i.sha256 LIMIT $2
     ) i ON true
     WHERE h.id = ANY($1::uuid[]) ORDER BY i.similarity DESC, i.sha256`,
    [hotspotIds, limit],
  );
  return rows;
}

/** The newest posts of each hotspot's window that show one of its images. */
export async function postsOfHotspots(
  pool: Pool,
  { hotspotIds, limit }: Request,
): Promise<(PostRow & { readonly hotspotId: string })[]> {
  const { rows } = await pool.query<PostRow & { hotspotId: string }>(
    `SELECT h.id AS "hotspotId", ${POST_COLUMNS}
     FROM hotspots h JOIN cluster_runs r ON r.id = h.run_id
     JOIN LATERAL (
       SELECT * FROM posts WHERE posted_at > r.window_start AND posted_at <= r.window_end AND id IN (
         SELECT pi.post_id FROM hotspot_members m JOIN post_images pi ON pi.image_sha256 = m.image_sha256 WHERE m.hotspot_id = h.id)
       ORDER BY posted_at DESC, id DESC LIMIT $2
     ) p ON true
     WHERE h.id = ANY($1::uuid[]) ORDER BY p.posted_at DESC, p.id DESC`,
    [hotspotIds, limit],
  );
  return rows;
}
