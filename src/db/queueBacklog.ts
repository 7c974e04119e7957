// How much work is left, and how long has it been waiting?
import type { Pool } from 'pg';

export interface QueueBacklog {
  readonly name: string;
  /** Ready to run. */
  readonly waiting: number;
  /** To be run later: a retry's backoff, or a delay. */
  readonly delayed: number;
  readonly running: number;
  /** Given up. */
  readonly dead: number;
  /** Seconds since the oldest waiting job could run; 0 without one. */
  readonly oldestSeconds: number;
}

/**
 * One row per name given, in that order. What is finished is not looked at: of that there may be an hour's worth. One pass over the jobs and then the
 * names: the queues are few, the jobs may be a million.
 */
export async function queueBacklog(pool: Pool, names: readonly string[]): Promise<QueueBacklog[]> {
  const { rows } = await pool.query<QueueBacklog>(
    `WITH counted AS MATERIALIZED (
       SELECT name,
         count(*) FILTER (WHERE state < 'active' AND start_after <= now()) AS waiting,
         count(*) FILTER (WHERE state < 'active' AND start_after > now()) AS delayed,
         count(*) FILTER (WHERE state = 'active') AS running,
         min(greatest(created_on, start_after)) FILTER (WHERE state < 'active' AND start_after <= now()) AS since
       FROM pgboss.job WHERE state < 'completed' GROUP BY name)
     SELECT q.name, coalesce(c.waiting, 0)::int AS waiting, coalesce(c.delayed, 0)::int AS delayed,
            coalesce(c.running, 0)::int AS running, coalesce(d.waiting, 0)::int AS dead,
            coalesce(extract(epoch FROM now() - c.since), 0)::float8 AS "oldestSeconds"
     FROM unnest($1::text[]) WITH ORDINALITY AS q (name, place)
     LEFT JOIN counted c ON c.name = q.name LEFT JOIN counted d ON d.name = q.name || '.dead'
     ORDER BY q.place`,
    [names],
  );
  return rows;
}
