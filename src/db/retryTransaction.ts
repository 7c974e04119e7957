// A transaction that may get into another one's way.
import type { Pool, PoolClient } from 'pg';
import { withTransaction } from './withTransaction.js';

const ATTEMPTS = 5;

/** As `withTransaction`, run again where the database ended it for another one's sake (deadlock, serialization failure). */
export async function retryTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await withTransaction(pool, work);
    } catch (error) {
      if (!/^40(001|P01)$/.test(sqlState(error)) || attempts === ATTEMPTS) throw error;
    }
  }
}

/** The SQLSTATE of what the database refused; '' for anything else. */
export function sqlState(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : '';
}
