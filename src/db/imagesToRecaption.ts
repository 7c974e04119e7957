// Which images are meant: by hash, by their posts, or by a filter on posts.
import type { Pool } from 'pg';
import { type PostsFilter, postsWhere } from './postsPage.js';

export interface RecaptionTarget {
  readonly sha256s?: readonly string[] | undefined;
  readonly postIds?: readonly string[] | undefined;
  readonly filter?: PostsFilter | undefined;
}

/** The stored images that any of the targets names, at most `limit`, newest image first. */
export async function imagesToRecaption(
  pool: Pool,
  { sha256s = [], postIds = [], filter }: RecaptionTarget,
  limit: number,
): Promise<string[]> {
  const { conditions, values, place } = postsWhere(filter ?? {});
  const byFilter = filter === undefined ? 'false' : conditions.join(' AND ');
  const { rows } = await pool.query<{ sha256: string }>(
    `SELECT i.sha256 FROM images i
     WHERE i.sha256 = ANY(${place(sha256s)}::bpchar[]) OR EXISTS (
       SELECT FROM post_images t JOIN posts p ON p.id = t.post_id
       WHERE t.image_sha256 = i.sha256 AND (p.id = ANY(${place(postIds)}::uuid[]) OR (${byFilter})))
     ORDER BY i.created_at DESC, i.sha256 LIMIT ${place(limit)}`,
    values,
  );
  return rows.map(({ sha256 }) => sha256);
}
