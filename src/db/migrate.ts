// Brings the tables up to date from prisma/migrations, without Prisma's engine: it is a download of its own.
// The bookkeeping is Prisma's (table, checksums, advisory lock), so that its own tools read the same history.
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ClientBase, Pool } from 'pg';
import { PACKAGE_ROOT } from '../config.js';
import { AppError, messageOf } from '../errors.js';
import { withTransaction } from './withTransaction.js';

export const MIGRATIONS_DIR = path.join(PACKAGE_ROOT, 'prisma/migrations');

export interface Migration {
  /** The folder's name: they run in the order of their names. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, as Prisma notes it. */
  readonly checksum: string;
}

export interface Applied {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/** Prisma's own lock: its tools and ours never migrate at the same time. */
const ADVISORY_LOCK = 72707369;

/**
 * Applies what is missing, each migration in a transaction of its own; resolves to the names of those it applied. Processes
 * that start together wait for each other. Rejects with AppError CONFLICT when the history in the database is not this
 * version's: a migration changed after it ran, one failed, or the database was made by a newer version.
 */
export async function migrate(
  pool: Pool,
  directory: string = MIGRATIONS_DIR,
  /** Only the first so many: for rows that are of an earlier schema. */
  count: number = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  const migrations = (await readMigrations(directory)).slice(0, count);
  await withMigrationLock(pool, createHistory);
  const applied: string[] = [];
  for (;;) {
    // The next one is chosen under the lock: another process may have applied it since.
    const name = await withMigrationLock(pool, async (client) => {
      const next = nextMigration(migrations, await readHistory(client));
      if (next) await apply(client, next);
      return next?.name;
    });
    if (name === undefined) return applied;
    applied.push(name);
  }
}

/** The migrations that this database has, in the order of their names. */
export async function appliedMigrations(client: ClientBase): Promise<Pick<Migration, 'name' | 'checksum'>[]> {
  const history = await readHistory(client);
  return history
    .map(({ migration_name: name, checksum }) => ({ name, checksum }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The migrations of a folder in Prisma's layout (`<stamp>_<what>/migration.sql`), in order. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return await Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(path.join(directory, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** Runs `work` while no other process changes the schema of this database: it waits for the others. */
export async function withMigrationLock<T>(pool: Pool, work: (client: ClientBase) => Promise<T>): Promise<T> {
  return await withTransaction(pool, async (client) => {
    // Until the end of the transaction. (On the embedded database it excludes nobody: there the directory's lock does.)
    await client.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK]);
    return await work(client);
  });
}

async function createHistory(client: ClientBase): Promise<void> {
  // Prisma's definition, to the letter.
  await client.query(`CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
  )`);
}

/** What was begun on this database and not rolled back, in the order in which it was. */
export async function readHistory(client: ClientBase): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at, migration_name`,
  );
  return rows;
}

function nextMigration(migrations: readonly Migration[], history: readonly Applied[]): Migration | undefined {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { migration_name: name, checksum, finished } of history) {
    if (!finished)
      throw new AppError(
        'CONFLICT',
        `the migration ${name} failed half way: repair the database by hand or restore it`,
      );
    const migration = known.get(name);
    if (!migration)
      throw new AppError(
        'CONFLICT',
        `the database has the migration ${name}, which this version of Hotlens does not know: run the newer version`,
      );
    if (migration.checksum !== checksum)
      throw new AppError('CONFLICT', `the migration ${name} was changed after it ran on this database`);
    known.delete(name);
  }
  return known.values().next().value;
}

async function apply(client: ClientBase, { name, sql, checksum }: Migration): Promise<void> {
  const startedAt = new Date();
  try {
    await client.query(sql);
  } catch (cause) {
    throw new Error(`migration ${name}: ${messageOf(cause)}`, { cause });
  }
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`,
    [randomUUID(), checksum, name, startedAt],
  );
}
