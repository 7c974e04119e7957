// The embedded database: PGlite in a thread of its own, so that a long statement never holds up the event loop, behind an
// ordinary pg pool whose "sockets" are message ports. No file or port that another process could connect to.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import pg from 'pg';
import { entryPoint } from '../entryPoint.js';
import { AppError, messageOf, whyUnreadable } from '../errors.js';
import { cancelWithRequest } from './cancelWithRequest.js';
import { lockDataDir } from './dataDirLock.js';
import type { EmbeddedMessage, EmbeddedRequest, EmbeddedWorkerData } from './embeddedWorker.js';
import { PortStream } from './portStream.js';

/** Connections share one session that works one request at a time; a few let a transaction and its neighbours queue. */
const POOL_SIZE = 10;

export interface EmbeddedDatabase {
  readonly pool: pg.Pool;
  announce(url: string): void;
  close(): Promise<void>;
}

/**
 * Opens (or makes) the database in `<dataDir>/db`; undefined: in memory. What is acknowledged survives the death of the
 * process, but not a power loss: PGlite never syncs its files. Rejects with AppError CONFLICT where another process has it open.
 */
export async function openEmbedded({ dataDir }: { dataDir: string | undefined }): Promise<EmbeddedDatabase> {
  if (dataDir === undefined) return { ...(await startThread(undefined)), announce: () => undefined };
  // PGlite creates its files for everyone to read; the folder is what keeps others out.
  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch((cause) => {
    throw new AppError('CONFIG', `the data directory ${dataDir} cannot be made: ${whyUnreadable(cause)}`, { cause });
  });
  const lock = lockDataDir(dataDir);
  try {
    const { pool, close } = await startThread(path.join(dataDir, 'db'));
    return {
      pool,
      announce: lock.announce,
      async close() {
        await close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function startThread(directory: string | undefined): Promise<{ pool: pg.Pool; close: () => Promise<void> }> {
  const workerData: EmbeddedWorkerData = { directory };
  // Without the options that this process was started with: some (--input-type) no thread accepts.
  const worker = new Worker(entryPoint('./embeddedWorker.js', import.meta.url), { workerData, execArgv: [] });
  const streams = new Set<PortStream>();
  let failure: Error | undefined;

  // Every open connection must hear of the thread's death: its queries would otherwise wait for ever.
  const exited = new Promise<void>((resolve) => {
    worker.once('error', (error) => {
      failure = error;
    });
    worker.once('exit', (code) => {
      failure ??= new Error(`the embedded database's thread ended with status ${code}`);
      for (const stream of streams) stream.destroy(failure);
      resolve();
    });
  });

  await new Promise<void>((resolve, reject) => {
    worker.on('message', (message: EmbeddedMessage) => {
      if (message.type === 'ready') resolve();
      else failure = new Error(message.reason);
    });
    exited.then(() => reject(cannotOpen(directory, failure)));
  });

  const pool = new pg.Pool({
    stream: () => {
      const { port1, port2 } = new MessageChannel();
      const stream = new PortStream(port1);
      streams.add(stream.once('close', () => streams.delete(stream)));
      if (failure) stream.destroy(failure);
      else worker.postMessage({ type: 'connect', port: port2 } satisfies EmbeddedRequest, [port2]);
      return stream;
    },
    // Stated, so that PGHOST and its like in the environment change nothing.
    host: 'embedded',
    user: 'postgres',
    database: 'postgres',
    password: 'none',
    ssl: false,
    max: POOL_SIZE,
  } as pg.PoolConfig);
  // An idle connection's death is told by the next query.
  pool.on('error', () => undefined);
  // Nor may one that breaks while it is out: whoever holds it learns by the statement that fails.
  pool.on('connect', (client) => client.on('error', () => undefined));
  // One statement runs at a time and cannot be stopped; those that wait behind it are dropped with their connection.
  cancelWithRequest(pool, (client) => {
    (client as unknown as { readonly connection: { readonly stream: PortStream } }).connection.stream.destroy();
  });

  return {
    pool,
    async close() {
      await pool.end();
      if (failure === undefined) worker.postMessage({ type: 'close' } satisfies EmbeddedRequest);
      await exited;
    },
  };
}

function cannotOpen(directory: string | undefined, cause: unknown): AppError {
  const place = directory === undefined ? 'in memory' : `in ${directory}`;
  return new AppError('CONFIG', `the embedded database ${place} cannot be opened: ${messageOf(cause)}`, { cause });
}
