// Some images, of all that there are.
import type { Pool } from 'pg';

/** The hashes of at most `limit` images from `from` on (hex digits) in the order of hashes, which has nothing to do with what they show or when they came. */
export async function sampleImages(pool: Pool, from: string, limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ sha256: string }>(
    `SELECT sha256::text FROM images WHERE sha256 >= rpad($1, 64, '0')::bpchar ORDER BY sha256 LIMIT $2`,
    [from, limit],
  );
  return rows.map(({ sha256 }) => sha256);
}
