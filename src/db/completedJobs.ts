// How many jobs were done lately? Apart from the backlog: of these there may be an hour's worth.
import type { Pool } from 'pg';

export interface CompletedJobs {
  readonly name: string;
  /** Finished within about the last hour; older ones are no longer kept. */
  readonly completed: number;
}

/** One row per queue with any. */
export async function completedJobs(pool: Pool, names: readonly string[]): Promise<CompletedJobs[]> {
  const { rows } = await pool.query<CompletedJobs>(
    `SELECT name, count(*)::int AS completed FROM pgboss.job
     WHERE name = ANY($1::text[]) AND state = 'completed' GROUP BY name`,
    [names],
  );
  return rows;
}
