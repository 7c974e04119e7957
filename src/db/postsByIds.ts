// Posts by their ids.
import type { Pool } from 'pg';
import { POST_COLUMNS, type PostRow } from './postRow.js';

/** The posts that exist, in any order. */
export async function postsByIds(pool: Pool, ids: readonly string[]): Promise<PostRow[]> {
  const { rows } = await pool.query<PostRow>(`SELECT ${POST_COLUMNS} FROM posts p WHERE p.id = ANY($1::uuid[])`, [ids]);
  return rows;
}
