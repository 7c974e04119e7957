// Housekeeping that a PostgreSQL server does by itself.
import type { Database } from './database.js';

/** Rows that came since a table was last seen to: a scan of an index alone may not skip their pages before. */
const NEW_ROWS = 1000;

/** Statistics are rows too: the catalog is among them. What a database forgets that dies has not been seen to. */
const DUE = `
  SELECT format('%I.%I', schemaname, relname) AS name FROM pg_stat_all_tables
  WHERE schemaname <> 'pg_toast' AND (n_dead_tup > 0 OR n_ins_since_vacuum > ${NEW_ROWS} OR last_vacuum IS NULL)`;

/**
 * Reclaims dead rows of the embedded database, which has no autovacuum; to be run every few minutes. A table at a time: statements of
 * others come in between. Does nothing on PostgreSQL.
 */
export async function vacuum({ kind, pool }: Pick<Database, 'kind' | 'pool'>): Promise<void> {
  if (kind !== 'embedded') return;
  const { rows } = await pool.query<{ name: string }>(DUE);
  for (const { name } of rows) await pool.query(`VACUUM ${name}`);
}
