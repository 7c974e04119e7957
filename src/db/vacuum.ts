// Housekeeping that a PostgreSQL server does by itself.
import type { Database } from './database.js';

/**
 * Reclaims dead rows and refreshes the planner's statistics of the embedded database, which has no autovacuum; to be run
 * every few minutes while posts come in. Does nothing on PostgreSQL.
 */
export async function vacuum({ kind, pool }: Pick<Database, 'kind' | 'pool'>): Promise<void> {
  if (kind === 'embedded') await pool.query('VACUUM (ANALYZE)');
}
