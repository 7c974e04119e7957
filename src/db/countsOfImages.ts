// How often was a picture posted, by how many, and since when?
import type { Pool } from 'pg';

export interface ImageCounts {
  readonly imageSha256: string;
  readonly posts: number;
  /** Posts without an author count as somebody of their own. */
  readonly authors: number;
  readonly firstPostAt: Date;
}

/** Images without posts are left out. */
export async function countsOfImages(pool: Pool, sha256s: readonly string[]): Promise<ImageCounts[]> {
  const { rows } = await pool.query<ImageCounts>(
    `SELECT pi.image_sha256 AS "imageSha256", count(DISTINCT p.id)::int AS posts,
            count(DISTINCT coalesce(p.author, p.id::text))::int AS authors, min(p.posted_at) AS "firstPostAt"
     FROM post_images pi JOIN posts p ON p.id = pi.post_id
     WHERE pi.image_sha256 = ANY($1::bpchar[]) GROUP BY pi.image_sha256`,
    [sha256s],
  );
  return rows;
}
