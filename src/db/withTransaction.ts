// The bracket around every raw-SQL transaction.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Pool, PoolClient } from 'pg';

/** What wants to be part of the transactions of whatever runs inside it: the audit of a mutation. */
export interface TransactionWatch {
  /** Stands around the work, within the transaction: what it throws rolls back, what it writes is committed with the work. */
  around<T>(client: PoolClient, work: () => Promise<T>): Promise<T>;
  committed(): void;
}

export const transactionWatch = new AsyncLocalStorage<TransactionWatch>();

/**
 * Runs `work` in one transaction and commits; rolls back what fails. Inside, use only `client`: on the embedded database
 * every other connection waits for the end of the transaction.
 */
export async function withTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const watch = transactionWatch.getStore();
    const result = watch === undefined ? await work(client) : await watch.around(client, () => work(client));
    await client.query('COMMIT');
    watch?.committed();
    return result;
  } catch (error) {
    // A connection that cannot even roll back is not fit for the pool.
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
