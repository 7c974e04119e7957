// What a report quotes: posts and pictures that are still there.
import type { Pool } from 'pg';
import { NEWEST_EDIT } from '../shownText.js';

export interface QuotedPost {
  readonly id: string;
  readonly source: string;
  readonly author: string | null;
  readonly url: string | null;
  readonly postedAt: Date;
  readonly text: string;
  readonly sensitive: boolean;
}

/** Those that are there, in no order. */
export async function quotedPosts(pool: Pool, ids: readonly string[]): Promise<QuotedPost[]> {
  const { rows } = await pool.query<QuotedPost>(
    `SELECT id::text, source, author, url, posted_at AS "postedAt", text, sensitive FROM posts WHERE id = ANY($1::uuid[])`,
    [ids],
  );
  return rows;
}

export interface QuotedPicture {
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  /** The shown one; null: there is none. */
  readonly caption: string | null;
  /** One of the posts that show it is marked as sensitive. */
  readonly sensitive: boolean;
}

/** Those that are there, in no order. */
export async function quotedPictures(pool: Pool, sha256s: readonly string[]): Promise<QuotedPicture[]> {
  const { rows } = await pool.query<QuotedPicture>(
    `SELECT i.sha256::text, i.width, i.height, coalesce(e.text, c.text) AS caption,
       EXISTS (SELECT FROM post_images pi JOIN posts p ON p.id = pi.post_id WHERE pi.image_sha256 = i.sha256 AND p.sensitive) AS sensitive
     FROM images i LEFT JOIN captions c ON c.id = i.current_caption_id ${NEWEST_EDIT} WHERE i.sha256 = ANY($1::bpchar[])`,
    [sha256s],
  );
  return rows;
}
