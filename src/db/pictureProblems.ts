// Why are pictures of an import's posts without a caption for good?
import type { Pool } from 'pg';

export interface PictureProblem {
  readonly importId: string;
  /** The post's id at its source. */
  readonly nativeId: string;
  readonly position: number;
  readonly reason: string;
}

/** The first `limit` pictures of each import's new posts that could not be fetched, read or captioned, in the order of the posts' ids here. */
export async function pictureProblems(
  pool: Pool,
  { importIds, limit }: { readonly importIds: readonly string[]; readonly limit: number },
): Promise<PictureProblem[]> {
  const { rows } = await pool.query<PictureProblem>(
    `SELECT j."importId", j."nativeId", j.position, j.reason
     FROM unnest($1::uuid[]) AS m (id)
     JOIN LATERAL (
       SELECT p.import_id::text AS "importId", p.native_id AS "nativeId", pi.position, coalesce(pi.error, c.error, '') AS reason, p.id
       FROM posts p JOIN post_images pi ON pi.post_id = p.id LEFT JOIN images i ON i.sha256 = pi.image_sha256
       LEFT JOIN LATERAL (SELECT error FROM captions WHERE image_sha256 = i.sha256 AND status = 'FAILED' ORDER BY created_at DESC LIMIT 1) c ON true
       WHERE p.import_id = m.id AND i.current_caption_id IS NULL AND (pi.status = 'FAILED' OR (c.error IS NOT NULL
         AND NOT EXISTS (SELECT FROM captions w WHERE w.image_sha256 = i.sha256 AND w.status = 'PENDING')))
       ORDER BY p.id, pi.position LIMIT $2) j ON true
     ORDER BY j."importId", j.id, j.position`,
    [importIds, limit],
  );
  return rows;
}
