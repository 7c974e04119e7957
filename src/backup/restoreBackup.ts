// A backup back into a data folder of its own.
import { type FileHandle, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import type { Pool } from 'pg';
import { clearTables, loadRows, setSequences, tableNames } from '../db/dumpTables.js';
import { MIGRATIONS_DIR, migrate, readMigrations } from '../db/migrate.js';
import { openEmbedded } from '../db/openEmbedded.js';
import { withTransaction } from '../db/withTransaction.js';
import { AppError, messageOf, whyUnreadable } from '../errors.js';
import { openMediaStore } from '../ingest/mediaStore.js';
import { type Manifest, pictureOf, tableOf } from './manifest.js';
import { readBackup, whole } from './readBackup.js';
import { damaged, tarEntries } from './tarFile.js';

/** Longest file of rows: what it was closed at, and one row of the longest that comes in. */
const MAX_PART = 128 << 20;
/** Longest picture (HOTLENS_MEDIA_MAX_BYTES goes no further). */
const MAX_PICTURE = 1 << 30;

export interface RestoreOptions {
  readonly file: string;
  /** Must not be there, or be empty. */
  readonly dataDir: string;
  /** Does what is to be done before the folder gets its name; it is closed then. */
  readonly finish?: (folder: string) => Promise<void>;
}

/**
 * Looks the whole file through, then fills a folder beside `dataDir` and renames it: `dataDir` holds everything or nothing. Rejects with
 * AppError BAD_USER_INPUT (damaged, newer), CONFLICT (the folder is not empty).
 */
export async function restoreBackup({ file, dataDir, finish }: RestoreOptions): Promise<Manifest> {
  await checkEmpty(dataDir);
  const handle = await open(file).catch((cause: unknown) => {
    throw new AppError('BAD_USER_INPUT', `${file}: cannot be read (${whyUnreadable(cause)})`, { cause });
  });
  try {
    const manifest = await readBackup(handle).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      throw new AppError(error.code, `${file}: ${error.message}`, { cause: error });
    });
    await checkMigrations(manifest, file);
    const unfinished = `${dataDir}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    try {
      await mkdir(unfinished, { recursive: true, mode: 0o700 });
      await fill(handle, { folder: unfinished, manifest });
      await finish?.(unfinished);
      await rmdir(dataDir).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
      await rename(unfinished, dataDir);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      throw error;
    }
    return manifest;
  } finally {
    await handle.close();
  }
}

async function checkEmpty(dataDir: string): Promise<void> {
  const entries = await readdir(dataDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new AppError('CONFLICT', `${dataDir}: cannot be restored into (${whyUnreadable(error)})`, { cause: error });
  });
  if (entries.length > 0)
    throw new AppError('CONFLICT', `${dataDir} is not empty: restore into a new folder, named by --data`);
}

/** The backup's migrations must be ours, or the first of ours. */
async function checkMigrations({ migrations, hotlens }: Manifest, file: string): Promise<void> {
  const ours = await readMigrations(MIGRATIONS_DIR);
  const unknown = migrations.find(({ name, checksum }, i) => ours[i]?.name !== name || ours[i].checksum !== checksum);
  if (unknown === undefined) return;
  throw new AppError(
    'BAD_USER_INPUT',
    `${file}: the backup is of another version of Hotlens (${hotlens}, migration ${unknown.name}): restore it with that`,
  );
}

async function fill(
  handle: FileHandle,
  { folder, manifest }: { readonly folder: string; readonly manifest: Manifest },
): Promise<void> {
  const media = openMediaStore(folder);
  const { pool, close } = await openEmbedded({ dataDir: folder });
  try {
    // As the rows were: what later migrations change of rows they change then.
    await migrate(pool, MIGRATIONS_DIR, manifest.migrations.length);
    const tables = new Set(await withTransaction(pool, tableNames));
    await withTransaction(pool, (client) => clearTables(client, tables));
    for await (const entry of tarEntries(handle)) {
      const table = tableOf(entry.name);
      const picture = pictureOf(entry.name);
      if (table !== null) {
        if (!tables.has(table)) throw damaged(`there is no table ${table}`);
        await load(pool, table, (await whole(handle, entry, MAX_PART)).toString('utf8'));
      } else if (picture !== null && (await media.put(await whole(handle, entry, MAX_PICTURE))) !== picture)
        throw damaged(entry.name);
    }
    await withTransaction(pool, (client) => setSequences(client, manifest.sequences));
    await migrate(pool);
  } finally {
    await close();
  }
}

async function load(pool: Pool, table: string, text: string): Promise<void> {
  const lines = text.split('\n').filter((line) => line !== '');
  await withTransaction(pool, (client) => loadRows(client, table, lines)).catch((cause: unknown) => {
    throw new AppError('BAD_USER_INPUT', damaged(`rows of ${table}, ${messageOf(cause)}`).message, { cause });
  });
}
