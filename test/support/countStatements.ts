// How many SQL statements run while something is done.
import type { Pool } from 'pg';

/** What comes when it comes: pg-boss's own, the question whether there are keys, and the upkeep of the embedded database. */
const ALONGSIDE = /pgboss\.|FROM api_keys WHERE revoked_at IS NULL|pg_stat_user_tables|^(ANALYZE|VACUUM|CHECKPOINT)\b/;

/** The texts of the statements that `work` sends through the pool, in their order, without what runs alongside. */
export async function statementsOf(pool: Pool, work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const query = pool.query;
  const counting = (text: unknown, ...rest: unknown[]) => {
    const statement = typeof text === 'string' ? text : JSON.stringify(text);
    if (!ALONGSIDE.test(statement)) statements.push(statement);
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
