// The thread that runs PGlite. Its parent sends ports; each is served as one connection.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { messageOf } from '../errors.js';
import { type Beginning, readArchive } from './newDatabase.js';
import { serveWire } from './serveWire.js';

export interface EmbeddedWorkerData {
  /** Where the database lies; undefined: in memory. */
  readonly directory: string | undefined;
  /** Of one that is new. */
  readonly beginning: Beginning;
}

export type EmbeddedRequest = { readonly type: 'connect'; readonly port: MessagePort } | { readonly type: 'close' };
export type EmbeddedMessage = { readonly type: 'ready' } | { readonly type: 'failed'; readonly reason: string };

const parent = parentPort!;
const { directory, beginning } = workerData as EmbeddedWorkerData;

/** Says why, then ends the thread: its parent fails every open connection, where a wounded database would leave them waiting. */
function fail(error: unknown): never {
  parent.postMessage({ type: 'failed', reason: messageOf(error) } satisfies EmbeddedMessage);
  process.exit(1);
}

/**
 * A quarter of PostgreSQL's default buffers: posts/s stayed the same, and the process is some 80 MB smaller. Files of the log of
 * changes that a checkpoint has made free are kept for what comes next, up to a gigabyte by default, up to eight of 16 MB here.
 * Syncing is not among the settings: PGlite's files are never synced, whatever `fsync` says.
 */
const SETTINGS = ['shared_buffers=32MB', 'min_wal_size=32MB', 'max_wal_size=128MB'].flatMap((one) => ['-c', one]);

const db = await openDatabase().catch(fail);
const wire = serveWire(db, fail);

parent.on('message', async (request: EmbeddedRequest) => {
  if (request.type === 'connect') return wire.attach(request.port);
  await wire.idle();
  await db.close();
  process.exit(0);
});
parent.postMessage({ type: 'ready' } satisfies EmbeddedMessage);

async function openDatabase(): Promise<PGlite> {
  if (directory !== undefined && !existsSync(directory)) {
    // Made aside and renamed when it is whole: a first start that is interrupted leaves no half database.
    const unfinished = `${directory}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { mode: 0o700 });
    await (await create(unfinished)).close();
    await rename(unfinished, directory);
  }
  return await create(directory);
}

async function create(dataDir: string | undefined): Promise<PGlite> {
  const isNew = dataDir === undefined || !existsSync(path.join(dataDir, 'PG_VERSION'));
  const loadDataDir = isNew ? await readArchive(beginning) : undefined;
  return await PGlite.create({
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(loadDataDir ? { loadDataDir } : {}),
    extensions: { vector },
    startParams: [...PGlite.defaultStartParams, ...SETTINGS],
  });
}
