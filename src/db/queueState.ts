// How much work waits, runs, was done lately and was given up?
import type { Pool } from 'pg';

export interface QueueCounts {
  readonly name: string;
  /** Ready to run. */
  readonly waiting: number;
  /** To be run later: a retry's backoff, or a delay. */
  readonly delayed: number;
  readonly running: number;
  /** Finished within the last hour. */
  readonly completed: number;
  readonly dead: number;
}

/** One row per name given, in that order. */
export async function queueCounts(pool: Pool, names: readonly string[]): Promise<QueueCounts[]> {
  const { rows } = await pool.query<QueueCounts>(
    `SELECT q.name,
       (count(j.id) FILTER (WHERE j.state < 'active' AND j.start_after <= now() AND j.name = q.name))::int AS waiting,
       (count(j.id) FILTER (WHERE j.state < 'active' AND j.start_after > now() AND j.name = q.name))::int AS delayed,
       (count(j.id) FILTER (WHERE j.state = 'active' AND j.name = q.name))::int AS running,
       (count(j.id) FILTER (WHERE j.state = 'completed' AND j.name = q.name))::int AS completed,
       (count(j.id) FILTER (WHERE j.state = 'created' AND j.name <> q.name))::int AS dead
     FROM unnest($1::text[]) WITH ORDINALITY AS q (name, place)
     LEFT JOIN pgboss.job j ON j.name IN (q.name, q.name || '.dead')
     GROUP BY q.name, q.place ORDER BY q.place`,
    [names],
  );
  return rows;
}
