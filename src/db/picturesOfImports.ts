// How far are the pictures of the posts that imports brought?
import type { Pool } from 'pg';

export interface ImportPictures {
  readonly importId: string;
  readonly total: number;
  readonly captioned: number;
  readonly failed: number;
}

/** Pictures of posts that these imports were the first to bring. One without a caption counts as failed where it could not be fetched, read or captioned. */
export async function picturesOfImports(pool: Pool, importIds: readonly string[]): Promise<ImportPictures[]> {
  const { rows } = await pool.query<ImportPictures>(
    `SELECT p.import_id::text AS "importId", count(*)::int AS total,
            count(*) FILTER (WHERE i.current_caption_id IS NOT NULL)::int AS captioned,
            count(*) FILTER (WHERE i.current_caption_id IS NULL AND (pi.status = 'FAILED' OR (
              EXISTS (SELECT FROM captions c WHERE c.image_sha256 = i.sha256 AND c.status = 'FAILED')
              AND NOT EXISTS (SELECT FROM captions c WHERE c.image_sha256 = i.sha256 AND c.status = 'PENDING'))))::int AS failed
     FROM posts p JOIN post_images pi ON pi.post_id = p.id LEFT JOIN images i ON i.sha256 = pi.image_sha256
     WHERE p.import_id = ANY($1::uuid[]) GROUP BY p.import_id`,
    [importIds],
  );
  return rows;
}
