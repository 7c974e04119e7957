// How much work is left, and how long has it been waiting?
import type { Pool } from 'pg';

export interface QueueBacklog {
  readonly name: string;
  /** Ready to run. */
  readonly waiting: number;
  /** To be run later. */
  readonly delayed: number;
  readonly running: number;
  /** Given up. */
  readonly dead: number;
  /** Seconds since the oldest waiting job could run; 0 without one. */
  readonly oldestSeconds: number;
}

/** One row per name given. What is finished is not looked at: of that there may be an hour's worth. */
export async function queueBacklog(pool: Pool, names: readonly string[]): Promise<QueueBacklog[]> {
  const { rows } = await pool.query<QueueBacklog>(
    `SELECT q.name,
       (count(j.id) FILTER (WHERE j.name = q.name AND j.state < 'active' AND j.start_after <= now()))::int AS waiting,
       (count(j.id) FILTER (WHERE j.name = q.name AND j.state < 'active' AND j.start_after > now()))::int AS delayed,
       (count(j.id) FILTER (WHERE j.name = q.name AND j.state = 'active'))::int AS running,
       (count(j.id) FILTER (WHERE j.name <> q.name AND j.state = 'created'))::int AS dead,
       coalesce(extract(epoch FROM now() - min(greatest(j.created_on, j.start_after))
         FILTER (WHERE j.name = q.name AND j.state < 'active' AND j.start_after <= now())), 0)::float8 AS "oldestSeconds"
     FROM unnest($1::text[]) AS q (name)
     LEFT JOIN pgboss.job j ON j.name IN (q.name, q.name || '.dead') AND j.state < 'completed'
     GROUP BY q.name`,
    [names],
  );
  return rows;
}
