// The pictures of posts, in their order, with what is known of their content.
import type { Pool } from 'pg';

export interface PictureRow {
  readonly id: string;
  readonly postId: string;
  readonly position: number;
  readonly altText: string | null;
  readonly url: string | null;
  readonly mediaStatus: 'PENDING' | 'STORED' | 'FAILED';
  readonly mediaError: string | null;
  /** From here on null until the picture is stored. */
  readonly sha256: string | null;
  readonly bytes: number | null;
  readonly mimeType: string | null;
  readonly width: number | null;
  readonly height: number | null;
}

/** All pictures of the posts, by post and position. */
export async function picturesOfPosts(pool: Pool, postIds: readonly string[]): Promise<PictureRow[]> {
  const { rows } = await pool.query<PictureRow>(
    `SELECT pi.id, pi.post_id AS "postId", pi.position, pi.alt_text AS "altText", pi.url,
            pi.status AS "mediaStatus", pi.error AS "mediaError",
            i.sha256, i.bytes, i.mime_type AS "mimeType", i.width, i.height
     FROM post_images pi LEFT JOIN images i ON i.sha256 = pi.image_sha256
     WHERE pi.post_id = ANY($1::uuid[]) ORDER BY pi.post_id, pi.position`,
    [postIds],
  );
  return rows;
}
