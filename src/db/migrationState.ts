// Do the migrations in the database and those of this version agree?
import type { Pool } from 'pg';
import { MIGRATIONS_DIR, readHistory, readMigrations } from './migrate.js';

/** Names, in order. */
export interface MigrationState {
  readonly applied: readonly string[];
  /** Not run yet. */
  readonly pending: readonly string[];
  /** Begun and not finished. */
  readonly failed: readonly string[];
  /** Not the same file any more that ran. */
  readonly edited: readonly string[];
  /** Of another version. */
  readonly unknown: readonly string[];
}

/** Looks only: also where there is no history yet. */
export async function migrationState(pool: Pool, directory: string = MIGRATIONS_DIR): Promise<MigrationState> {
  const migrations = await readMigrations(directory);
  const { rows } = await pool.query<{ there: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`,
  );
  const client = await pool.connect();
  try {
    const history = rows[0]!.there ? await readHistory(client) : [];
    const checksums = new Map(migrations.map(({ name, checksum }) => [name, checksum]));
    const begun = new Set(history.map(({ migration_name }) => migration_name));
    const names = (some: typeof history) => some.map(({ migration_name }) => migration_name);
    const finished = history.filter((one) => one.finished);
    return {
      applied: names(finished),
      pending: migrations.map(({ name }) => name).filter((name) => !begun.has(name)),
      failed: names(history.filter((one) => !one.finished)),
      edited: names(
        finished.filter(
          ({ migration_name: name, checksum }) => checksums.has(name) && checksums.get(name) !== checksum,
        ),
      ),
      unknown: names(finished.filter(({ migration_name }) => !checksums.has(migration_name))),
    };
  } finally {
    client.release();
  }
}
