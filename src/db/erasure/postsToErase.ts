// Which posts are meant: of an author, or older than they are kept.
import type { Pool } from 'pg';
import type { Retention } from '../../retention.js';

/** The ids of posts of an author, at most `limit`, the oldest first; `source` undefined: at every source. */
export async function postsOfAuthor(
  pool: Pool,
  { source, author, limit }: { readonly source: string | undefined; readonly author: string; readonly limit: number },
): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id::text FROM posts WHERE author = $1 AND ($2::text IS NULL OR source = $2) ORDER BY posted_at, id LIMIT $3`,
    [author, source ?? null, limit],
  );
  return rows.map(({ id }) => id);
}

/** The ids of posts that were published longer ago than they are kept, at most `limit`, the oldest first. */
export async function expiredPosts(pool: Pool, { ms, sources }: Retention, limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT p.id::text FROM posts p LEFT JOIN jsonb_to_recordset($1::jsonb) AS kept (source text, ms float8) ON kept.source = p.source
     WHERE p.posted_at < now() - CASE WHEN kept.source IS NULL THEN $2::float8 ELSE kept.ms END * interval '1 ms'
     ORDER BY p.posted_at, p.id LIMIT $3`,
    [JSON.stringify(sources), ms, limit],
  );
  return rows.map(({ id }) => id);
}
