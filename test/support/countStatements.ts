// How many SQL statements run while something is done.
import type { Pool } from 'pg';

/** The texts of the statements that `work` sends through the pool, in their order; pg-boss's own, which come when they come, left out. */
export async function statementsOf(pool: Pool, work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const query = pool.query;
  const counting = (text: unknown, ...rest: unknown[]) => {
    const statement = typeof text === 'string' ? text : JSON.stringify(text);
    if (!statement.includes('pgboss.')) statements.push(statement);
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
