// When was the newest post published?
import type { Pool } from 'pg';

/** Null: there are no posts. */
export async function newestPostAt(pool: Pool): Promise<Date | null> {
  const { rows } = await pool.query<{ at: Date | null }>('SELECT max(posted_at) AS at FROM posts');
  return rows[0]?.at ?? null;
}
