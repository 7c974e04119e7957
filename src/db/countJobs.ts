// How many jobs wait or run? Counted no further than `limit`.
import type { Pool } from 'pg';

/** At most `limit`: a count up to there costs what it is worth to know, however long the queues are. */
export async function countJobs(pool: Pool, names: readonly string[], limit: number): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (
       SELECT FROM pgboss.job WHERE name = ANY($1::text[]) AND state < 'completed' LIMIT $2) AS counted`,
    [names, limit],
  );
  return rows[0]!.count;
}
