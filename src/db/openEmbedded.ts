// The embedded database: PGlite in a thread of its own, so that a long statement never holds up the event loop, behind an
// ordinary pg pool whose "sockets" are message ports. No file or port that another process could connect to.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import pg from 'pg';
import { entryPoint } from '../entryPoint.js';
import { AppError, messageOf, whyUnreadable } from '../errors.js';
import { cancelWithRequest } from './cancelWithRequest.js';
import { keepCheckpoints } from './checkpoints.js';
import { lockDataDir } from './dataDirLock.js';
import type { EmbeddedMessage, EmbeddedRequest, EmbeddedWorkerData } from './embeddedWorker.js';
import type { Beginning } from './newDatabase.js';
import { PortStream } from './portStream.js';
import { keepStatistics } from './statistics.js';

/** Connections share one session that works one request at a time; a few let a transaction and its neighbours queue. */
const POOL_SIZE = 10;

export interface EmbeddedDatabase {
  readonly pool: pg.Pool;
  announce(url: string, ownerKey?: string): void;
  close(): Promise<void>;
}

export interface OpenEmbeddedOptions {
  /** Undefined: in memory. */
  readonly dataDir: string | undefined;
  /** What a new one begins with; default: nothing. Where the build has made no archive of the migrations, `migrated` is nothing too. */
  readonly beginning?: Beginning;
  /** Told when the database's thread died, of what, and when it is started anew. */
  readonly onDeath?: ((death: { readonly reason: string; readonly restartInMs: number }) => void) | undefined;
}

const FIRST_RESTART_MS = 200;
const LAST_RESTART_MS = 10_000;

/**
 * Opens (or makes) the database in `<dataDir>/db`. What is acknowledged survives the death of the process, but not a power
 * loss: PGlite never syncs its files. Where its thread dies (a full disk stops PostgreSQL too) it is started anew until it
 * runs; meanwhile statements fail. Rejects with AppError CONFLICT where another process has it open.
 */
export async function openEmbedded({
  dataDir,
  beginning = 'empty',
  onDeath,
}: OpenEmbeddedOptions): Promise<EmbeddedDatabase> {
  if (dataDir === undefined)
    return { ...(await keepThread({ directory: undefined, beginning })), announce: () => undefined };
  // PGlite creates its files for everyone to read; the folder is what keeps others out.
  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch((cause) => {
    throw new AppError('CONFIG', `the data directory ${dataDir} cannot be made: ${whyUnreadable(cause)}`, { cause });
  });
  const lock = lockDataDir(dataDir);
  try {
    const { pool, close } = await keepThread({ directory: path.join(dataDir, 'db'), beginning, onDeath });
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

interface Thread {
  /** Another connection to it. */
  connect(): PortStream;
  /** Ends it; resolves when it has. */
  close(): Promise<void>;
}

interface KeepOptions extends EmbeddedWorkerData {
  readonly onDeath?: OpenEmbeddedOptions['onDeath'];
}

/** A pool over a thread that is replaced when it dies. One in memory is not: what was in it is gone, and that must show. */
async function keepThread({ onDeath, ...data }: KeepOptions): Promise<Omit<EmbeddedDatabase, 'announce'>> {
  let closing = false;
  let restartMs = FIRST_RESTART_MS;
  let restart: NodeJS.Timeout | undefined;
  let died: Error | undefined;
  let thread: Thread | undefined = await startThread(data, onExit);

  function onExit(failure: Error): void {
    thread = undefined;
    died = failure;
    if (closing || data.directory === undefined) return;
    onDeath?.({ reason: failure.message, restartInMs: restartMs });
    restart = setTimeout(async () => {
      restartMs = Math.min(restartMs * 2, LAST_RESTART_MS);
      // One that does not start says so by its exit, and is tried again.
      thread = await startThread(data, onExit).catch(() => undefined);
      if (thread !== undefined) restartMs = FIRST_RESTART_MS;
    }, restartMs);
  }

  const pool = new pg.Pool({
    stream: () => thread?.connect() ?? new PortStream(new MessageChannel().port1).destroy(died),
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

  const checkpoints = keepCheckpoints(pool);
  const statistics = keepStatistics(pool);

  return {
    pool,
    async close() {
      closing = true;
      checkpoints.stop();
      statistics.stop();
      clearTimeout(restart);
      await pool.end();
      await thread?.close();
    },
  };
}

/** Resolves when it is ready. `onExit` is told why it ended, also where it was asked to, or did not start. */
async function startThread(workerData: EmbeddedWorkerData, onExit: (failure: Error) => void): Promise<Thread> {
  // Without the options that this process was started with: some (--input-type) no thread accepts.
  const worker = new Worker(entryPoint('./embeddedWorker.js', import.meta.url), { workerData, execArgv: [] });
  const streams = new Set<PortStream>();
  let failure: Error | undefined;

  // Every open connection must hear of the thread's death: its queries would otherwise wait for ever.
  const exited = new Promise<Error>((resolve) => {
    worker.once('error', (error) => {
      failure = error;
    });
    worker.once('exit', (code) => {
      const how = failure === undefined ? ` with status ${code}` : `: ${failure.message}`;
      const told = new Error(`the embedded database's thread ended${how}`, { cause: failure });
      for (const stream of streams) stream.destroy(told);
      onExit(told);
      resolve(failure ?? told);
    });
  });

  await new Promise<void>((resolve, reject) => {
    worker.on('message', (message: EmbeddedMessage) => {
      if (message.type === 'ready') resolve();
      else failure = new Error(message.reason);
    });
    exited.then((reason) => reject(cannotOpen(workerData.directory, reason)));
  });

  return {
    connect() {
      const { port1, port2 } = new MessageChannel();
      const stream = new PortStream(port1);
      streams.add(stream.once('close', () => streams.delete(stream)));
      worker.postMessage({ type: 'connect', port: port2 } satisfies EmbeddedRequest, [port2]);
      return stream;
    },
    async close() {
      worker.postMessage({ type: 'close' } satisfies EmbeddedRequest);
      await exited;
    },
  };
}

function cannotOpen(directory: string | undefined, cause: unknown): AppError {
  const place = directory === undefined ? 'in memory' : `in ${directory}`;
  return new AppError('CONFIG', `the embedded database ${place} cannot be opened: ${messageOf(cause)}`, { cause });
}
