// The job queue: pg-boss over the database's own pool, so that a job and the row that it is for commit together.

import type { ClientBase, Pool, QueryResult } from 'pg';
import { type Db, PgBoss, type QueueOptions, type QueuePolicy } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from '../db/database.js';
import { withMigrationLock } from '../db/migrate.js';
import { type Cause, currentCause } from '../telemetry/cause.js';
import { RETRIES as POLICY } from './retryPolicy.js';

export const QUEUES = [
  'import',
  'fetch',
  'caption',
  'embed',
  'detect',
  'map',
  'report',
  'deliver',
  'maintenance',
] as const;
export type QueueName = (typeof QUEUES)[number];

/** What a job of each queue carries. The rows that it names are the truth; a job only says that there is work. */
export interface JobData {
  /** A file that was uploaded. */
  readonly import: { readonly importId: string };
  readonly fetch: { readonly postImageId: string };
  /** An image without a caption row yet is one that came in where the model was not known. */
  readonly caption: { readonly captionId: string } | { readonly imageSha256: string };
  readonly embed: { readonly imageSha256: string };
  readonly detect: Record<string, never>;
  readonly map: Record<string, never>;
  /** A run to be made; without one the schedules are looked at. */
  readonly report: { readonly runId?: string };
  readonly deliver: Record<string, never>;
  readonly maintenance: Record<string, never>;
}

/** What a job carries beside its data. */
export interface JobOrigin {
  /** Who asked for it; left out where nobody did. */
  readonly cause?: Cause;
}

export interface QueuedJob<Q extends QueueName> {
  readonly data: JobData[Q];
  /** At most one waiting job of a queue has the key; another one is dropped. */
  readonly key: string;
  /** Seconds from now before which it is not run. */
  readonly startAfter?: number;
  /** For whom it is, where that is not whoever adds it; undefined: for nobody. */
  readonly cause?: Cause | undefined;
}

export interface Queue {
  readonly boss: PgBoss;
  /** Seconds without a sign of life after which a running job goes to another worker. */
  readonly heartbeatSeconds: number;
  /** Installs or migrates pg-boss's tables and creates the queues. Safe to run in many processes at once. */
  start(): Promise<void>;
  /** Adds jobs, in the caller's transaction where its client is given. Call `wake` once that has committed. */
  add<Q extends QueueName>(name: Q, jobs: readonly QueuedJob<Q>[], client?: ClientBase): Promise<void>;
  /** Spares this process's worker the wait for its next poll. */
  wake(name: QueueName): void;
  onWake(name: QueueName, listener: () => void): void;
  stop(): Promise<void>;
}

/** One pass of detection takes whatever is there. */
export const DETECT: QueuedJob<'detect'> = { data: {}, key: 'detect' };
/** Keys of their own: a job that waits for its time must not keep away one that says that there is something now. */
export const DETECT_SOON: QueuedJob<'detect'> = { data: {}, key: 'detect soon', startAfter: 1 };
export const DETECT_AGAIN: QueuedJob<'detect'> = { data: {}, key: 'detect again', startAfter: 10 };
/** Captions that come together are placed on the map together. */
export const MAP: QueuedJob<'map'> = { data: {}, key: 'map', startAfter: 3 };

/** Sends whatever is due in the outbox. */
export const DELIVER: QueuedJob<'deliver'> = { data: {}, key: 'deliver' };

/** Seconds without a sign of life after which a running job counts as left by a process that died. */
const HEARTBEAT_SECONDS = 30;

/** Seconds between two looks for finished jobs to delete: pg-boss's own is a day, in which a busy stream finishes a million. */
const SWEEP_SECONDS = 600;

/** What pg-boss does by itself: it counts workers that died at a job. Every other failure is ours (retryPolicy.ts). */
const RETRIES: QueueOptions = {
  retryLimit: POLICY.WORKER.tries - 1,
  retryDelay: POLICY.WORKER.firstMs / 1000,
  retryBackoff: false,
  // Death is told by the heartbeat; a large model on a small machine may well take its time (default: 15 minutes).
  expireInSeconds: 12 * 3600,
  // The rows keep what happened; a finished job says nothing more.
  deleteAfterSeconds: 3600,
  // Work is not given up because nobody was there to do it (default: 14 days).
  retentionSeconds: 365 * 24 * 3600,
};

/**
 * exclusive: one job per row, waiting or running. short: one waiting, while another may run, for work that
 * must be done again when its input changed meanwhile.
 */
const POLICIES: Record<QueueName, QueuePolicy> = {
  import: 'exclusive',
  fetch: 'exclusive',
  caption: 'exclusive',
  embed: 'short',
  detect: 'short',
  map: 'short',
  report: 'exclusive',
  deliver: 'short',
  maintenance: 'short',
};

/** One pass of these serves whatever is there. */
const NOBODYS: ReadonlySet<QueueName> = new Set(['detect', 'map', 'deliver', 'maintenance']);

/** Name of the queue that keeps the jobs of `name` whose retries are used up. */
export function deadLetterQueue(name: QueueName): string {
  return `${name}.dead`;
}

export interface QueueSettings {
  readonly log: Logger;
  /** False for a short-lived command: no background work runs. Default true. */
  readonly supervise?: boolean;
  /** See HOTLENS_HEARTBEAT_SECONDS. */
  readonly heartbeatSeconds?: number;
}

/** The queue over the database's pool; nothing happens before `start`. */
export function createQueue(
  db: Database,
  { log, supervise = true, heartbeatSeconds = HEARTBEAT_SECONDS }: QueueSettings,
): Queue {
  // A killed worker's jobs are back after one heartbeat to one and a half.
  const superviseSeconds = Math.ceil(heartbeatSeconds / 2);
  const boss = new PgBoss({
    db: bossDb(db.pool),
    schema: 'pgboss',
    supervise,
    schedule: supervise,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
    maintenanceIntervalSeconds: SWEEP_SECONDS,
    // PGlite has no autovacuum process and no other backend: what the check would warn of is done by our own VACUUM.
    monitorVacuum: db.kind === 'postgresql',
    registerInstance: false,
    // A hundred thousand queued pictures are an ordinary import; System and the metrics show how many wait.
    warningQueueSize: Number.MAX_SAFE_INTEGER,
  });
  boss.on('error', (error) => log.error({ err: error }, 'job queue'));
  boss.on('warning', (warning) => log.warn({ warning }, 'job queue'));
  const listeners = new Map<QueueName, () => void>();
  const install = async () => {
    await boss.start();
    // Mostly they are there: to make sure of each by itself takes a third of a second of the embedded database.
    const known = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
    for (const name of QUEUES) {
      // Dead letters are few and worth reading for a long time.
      if (!known.has(deadLetterQueue(name)))
        await boss.createQueue(deadLetterQueue(name), { retentionSeconds: 90 * 24 * 3600 });
      const options = { ...RETRIES, heartbeatSeconds, deadLetter: deadLetterQueue(name) };
      const found = known.get(name);
      if (found === undefined) await boss.createQueue(name, { ...options, policy: POLICIES[name] });
      // A queue that another version made, or other settings, has theirs.
      else if (
        supervise &&
        !Object.entries(options).every(([key, value]) => found[key as keyof typeof options] === value)
      )
        await boss.updateQueue(name, options);
    }
  };

  return {
    boss,
    heartbeatSeconds,
    async start() {
      // pg-boss locks too, but makes its schema by `IF NOT EXISTS` within the transaction that waited: PostgreSQL looks that up in
      // what it knew of the catalogue before the wait, and one of two processes on an empty database dies of a duplicate key.
      if (db.kind === 'postgresql') await withMigrationLock(db.pool, install);
      else await install();
    },
    async add(name, jobs, client) {
      if (jobs.length === 0) return;
      const adding = currentCause();
      const originOf = (job: (typeof jobs)[number]): JobOrigin => {
        const cause = 'cause' in job ? job.cause : adding;
        return NOBODYS.has(name) || cause === undefined ? {} : { cause };
      };
      await boss.insert(
        name,
        jobs.map((job) => ({
          data: { ...job.data, ...originOf(job) },
          singletonKey: job.key,
          ...(job.startAfter === undefined ? {} : { startAfter: job.startAfter }),
        })),
        client === undefined ? {} : { db: bossDb(client) },
      );
    },
    wake(name) {
      listeners.get(name)?.();
    },
    onWake(name, listener) {
      listeners.set(name, listener);
    },
    async stop() {
      await boss.stop({ graceful: true, close: false, timeout: 5000 });
    },
  };
}

/** A pool, or one client inside its transaction, as pg-boss wants it: the rows of every statement of a query in one list. */
export function bossDb(client: Pool | ClientBase): Db {
  return {
    async executeSql(text, values) {
      const result: QueryResult | QueryResult[] = await client.query(text, values as unknown[]);
      return { rows: Array.isArray(result) ? result.flatMap((one) => one.rows) : result.rows };
    },
  };
}
