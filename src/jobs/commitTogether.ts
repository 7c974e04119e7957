// What jobs write, in one transaction for as many as are there: a transaction each costs more than captioning a small picture does.
import type { ClientBase, Pool } from 'pg';
import { retryTransaction } from '../db/retryTransaction.js';
import { gathered } from '../gathered.js';
import type { Queue, QueueName } from './queue.js';
import { type Complete, completeAll } from './runQueue.js';

/** What is to be written of one job. */
export interface Outcome {
  readonly complete: Complete;
}

export interface CommitTogetherDeps {
  readonly pool: Pool;
  readonly queue: Pick<Queue, 'boss'>;
}

/** Jobs in one transaction, at most: it holds up whatever else is to be written. */
const MOST = 64;

/**
 * A function that writes what becomes of a job, and settles the job with it. What comes while a transaction is under way goes together into
 * the next one; where that fails, each is tried by itself, so that one of them does not fail the others. `write` gives one result an
 * outcome, in their order, or an error for the one that has to fail; it may run again for the same.
 */
export function commitTogether<T extends Outcome, R>(
  { pool, queue }: CommitTogetherDeps,
  name: QueueName,
  write: (client: ClientBase, outcomes: readonly T[]) => Promise<readonly R[]>,
): (outcome: T) => Promise<R> {
  async function commit(outcomes: readonly T[]): Promise<readonly (R | Error)[]> {
    try {
      return await retryTransaction(pool, async (client) => {
        const completes = outcomes.map(({ complete }) => complete);
        await completeAll(queue, name, completes, client);
        return write(client, outcomes);
      });
    } catch (error) {
      if (outcomes.length === 1) return [error as Error];
      const each: (R | Error)[] = [];
      for (const outcome of outcomes) each.push(...(await commit([outcome])));
      return each;
    }
  }

  return gathered(commit, { most: MOST });
}
