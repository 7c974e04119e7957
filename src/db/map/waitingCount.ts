// How many pictures wait for their place on the map?
import type { Pool } from 'pg';

export async function waitingCount(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM map_points WHERE layout = 0',
  );
  return rows[0]!.count;
}
