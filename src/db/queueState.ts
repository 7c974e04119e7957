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

export interface DeadLetter {
  readonly id: string;
  readonly queue: string;
  readonly data: Record<string, unknown>;
  readonly reason: string | null;
  readonly attempts: number;
  readonly createdAt: Date;
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

/** The newest jobs whose retries were used up. */
export async function deadLetters(
  pool: Pool,
  { names, limit }: { readonly names: readonly string[]; readonly limit: number },
): Promise<DeadLetter[]> {
  const { rows } = await pool.query<DeadLetter>(
    `SELECT id::text, coalesce(source_name, name) AS queue, data,
            coalesce(source_output ->> 'reason', source_output #>> '{value,message}') AS reason,
            coalesce(source_retry_count, 0) + 1 AS attempts, created_on AS "createdAt"
     FROM pgboss.job WHERE name = ANY($1::text[]) AND state = 'created' ORDER BY created_on DESC, id LIMIT $2`,
    [names.map((name) => `${name}.dead`), limit],
  );
  return rows;
}
