// Up to when detection has come.
import type { Pool } from 'pg';

/** Time of its last step; null before the first. */
export async function detectionTime(pool: Pool): Promise<Date | null> {
  const { rows } = await pool.query<{ at: Date }>('SELECT at FROM detection_state');
  return rows[0]?.at ?? null;
}
