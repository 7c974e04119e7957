// How a running job that failed, or that is given back, goes on: in the tables of the queue, in the caller's transaction.
import type { ClientBase } from 'pg';

/** A job as its worker fetched it: a later claim of the same job has another `retryCount`, and is left alone. */
export interface ClaimedJob {
  readonly id: string;
  readonly name: string;
  readonly retryCount: number;
}

export interface JobFailure {
  /** What the job carries from now on. */
  readonly data: object;
  /** Why it failed, as `output`. */
  readonly why: object;
}

/**
 * Puts the job off for `delayMs`. Its limit grows with it: that one counts the workers that died at it, and nothing else.
 * (pg-boss's own `fail` knows one delay for all failures of a queue.)
 */
export async function putOffJob(
  client: ClientBase,
  { id, name, retryCount }: ClaimedJob,
  { data, why, delayMs }: JobFailure & { readonly delayMs: number },
): Promise<void> {
  await client.query(
    `UPDATE pgboss.job SET state = 'retry', start_after = now() + $4 * interval '1 ms', data = $5, output = $6,
            retry_limit = retry_limit + 1, heartbeat_on = NULL
     WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3`,
    [name, id, retryCount, delayMs, JSON.stringify(data), JSON.stringify(why)],
  );
}

/** Lets the job's limit be reached: whoever fails it next sends it to the dead letters. */
export async function exhaustJob(
  client: ClientBase,
  { id, name, retryCount }: ClaimedJob,
  data: object,
): Promise<void> {
  await client.query(
    `UPDATE pgboss.job SET retry_limit = retry_count, data = $4
     WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3`,
    [name, id, retryCount, JSON.stringify(data)],
  );
}

/**
 * Gives running jobs back. `counted`: their process died at them, and the next claim counts as another attempt. A queue that lets
 * one job of a key wait beside a running one may hold that one already: as a retry the other does not stand in its way.
 */
export async function returnJobs(
  client: Pick<ClientBase, 'query'>,
  name: string,
  ids: readonly string[],
  { counted }: { readonly counted: boolean },
): Promise<void> {
  await client.query(
    `UPDATE pgboss.job SET state = CASE WHEN policy = 'short' THEN 'retry' ELSE 'created' END::pgboss.job_state,
            started_on = CASE WHEN $3::boolean THEN started_on END, heartbeat_on = NULL, start_after = least(start_after, now())
     WHERE name = $1 AND id = ANY($2::uuid[]) AND state = 'active'`,
    [name, ids, counted],
  );
}
