// How many SQL statements run while something is done.
import type { Pool } from 'pg';

/**
 * The texts of the statements that `work` sends through the pool, in their order; left out are pg-boss's own and the question whether
 * there are keys, which come when they come.
 */
export async function statementsOf(pool: Pool, work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const query = pool.query;
  const counting = (text: unknown, ...rest: unknown[]) => {
    const statement = typeof text === 'string' ? text : JSON.stringify(text);
    if (!/pgboss\.|FROM api_keys WHERE revoked_at IS NULL/.test(statement)) statements.push(statement);
    return (query as (...args: unknown[]) => unknown).call(pool, text, ...rest);
  };
  pool.query = counting as typeof pool.query;
  try {
    await work();
  } finally {
    pool.query = query;
  }
  return statements;
}
