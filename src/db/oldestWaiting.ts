// Which job has been ready to run for longest?
import type { Pool } from 'pg';

export interface WaitingJob {
  readonly queue: string;
  readonly seconds: number;
}

/** Undefined where none waits. */
export async function oldestWaiting(pool: Pool, names: readonly string[]): Promise<WaitingJob | undefined> {
  const { rows } = await pool.query<WaitingJob>(
    `SELECT name AS queue, extract(epoch FROM now() - start_after)::float8 AS seconds
     FROM pgboss.job WHERE name = ANY($1::text[]) AND state < 'active' AND start_after <= now()
     ORDER BY start_after LIMIT 1`,
    [names],
  );
  return rows[0];
}
