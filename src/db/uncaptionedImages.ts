// How many stored images wait for their first caption (completed, or given up)?
import type { Pool } from 'pg';

export async function uncaptionedImages(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM images i
     WHERE NOT EXISTS (SELECT FROM captions c WHERE c.image_sha256 = i.sha256 AND c.status <> 'PENDING')`,
  );
  return rows[0]!.count;
}
