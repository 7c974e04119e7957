// The bracket around every raw-SQL transaction.
import type { Pool, PoolClient } from 'pg';

/**
 * Runs `work` in one transaction and commits; rolls back what fails. Inside, use only `client`: on the embedded database
 * every other connection waits for the end of the transaction.
 */
export async function withTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
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
