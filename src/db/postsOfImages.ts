// Who posted an image? Its newest posts.
import type { Pool } from 'pg';
import { POST_COLUMNS, type PostRow } from './postRow.js';

/** At most `limit` posts of each image, newest first. */
export async function postsOfImages(
  pool: Pool,
  { sha256s, limit }: { readonly sha256s: readonly string[]; readonly limit: number },
): Promise<(PostRow & { readonly imageSha256: string })[]> {
  const { rows } = await pool.query<PostRow & { imageSha256: string }>(
    `SELECT i.sha256 AS "imageSha256", ${POST_COLUMNS}
     FROM images i
     JOIN LATERAL (
       SELECT * FROM posts WHERE id IN (SELECT post_id FROM post_images WHERE image_sha256 = i.sha256)
       ORDER BY posted_at DESC, id DESC LIMIT $2
     ) p ON true
     WHERE i.sha256 = ANY($1::bpchar[]) ORDER BY p.posted_at DESC, p.id DESC`,
    [sha256s, limit],
  );
  return rows;
}
