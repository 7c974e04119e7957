// What the database holds, whichever it is: migrations, the queue, keys, pictures.
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { isExposed } from '../access/isExposed.js';
import type { Config } from '../config.js';
import { keyState } from '../db/access/keyState.js';
import { countDeadLetters } from '../db/deadLetters.js';
import { outboxState } from '../db/deliver/outboxState.js';
import { type MigrationState, migrationState } from '../db/migrationState.js';
import { oldestWaiting } from '../db/oldestWaiting.js';
import { sampleImages } from '../db/sampleImages.js';
import { AppError } from '../errors.js';
import { openMediaStore } from '../ingest/mediaStore.js';
import { QUEUES } from '../jobs/queue.js';
import { type Finding, failed, ok, tried, warning } from './finding.js';

/** A job that is ready is taken within seconds where a worker has nothing else to do. */
const LONG_WAIT_SECONDS = 300;
/** Images whose files are looked for. */
const SAMPLE = 200;

export async function checkTables(pool: Pool, config: Config): Promise<Finding[]> {
  const state = await migrationState(pool);
  const migrations = checkMigrations(state);
  if (state.applied.length === 0) return [migrations];
  return [
    migrations,
    ...(await tried('queue', () => checkQueue(pool))),
    ...(await tried('deliveries', () => checkDeliveries(pool, config))),
    ...(await tried('keys', () => checkKeys(pool, config))),
    ...(await tried('pictures', () => checkPictures(pool, config.dataDir))),
  ];
}

function checkMigrations({ applied, pending, failed: broken, edited, unknown }: MigrationState): Finding {
  const check = 'migrations';
  if (broken.length > 0)
    return failed(
      check,
      `${broken.join(', ')} failed half way`,
      'repair the database by hand, or restore it from a backup (docs/data.md)',
    );
  if (unknown.length > 0)
    return failed(
      check,
      `the database has ${unknown.join(', ')}, which this version does not know`,
      'run the newer version that made it',
    );
  if (edited.length > 0)
    return failed(
      check,
      `${edited.join(', ')} changed after it ran on this database`,
      'run the version that ran it, unchanged',
    );
  if (applied.length === 0) return ok(check, 'the database is empty; Hotlens makes its tables at the start');
  if (pending.length > 0)
    return warning(
      check,
      `${applied.length} applied, pending: ${pending.join(', ')}`,
      'make a backup (docs/data.md), then start Hotlens: it applies them',
    );
  return ok(check, `all ${applied.length} applied`);
}

async function checkQueue(pool: Pool): Promise<Finding[]> {
  const dead = await countDeadLetters(pool, { names: QUEUES, filter: {} });
  const oldest = await oldestWaiting(pool, QUEUES);
  return [deadLettersFinding(dead), waitingFinding(oldest)];
}

export function deadLettersFinding(count: number): Finding {
  if (count === 0) return ok('given up', 'no job was given up');
  return warning(
    'given up',
    `${count} jobs were given up`,
    'read why: { queue { deadLetters { queue reason } } }; when the cause is gone, mutation { retryFailed } (docs/faults.md)',
  );
}

function waitingFinding(oldest: { readonly queue: string; readonly seconds: number } | undefined): Finding {
  if (oldest === undefined) return ok('queue', 'no job waits');
  const shown = `the oldest waiting job (${oldest.queue}) has waited for ${inTime(oldest.seconds)}`;
  if (oldest.seconds < LONG_WAIT_SECONDS) return ok('queue', shown);
  return warning(
    'queue',
    shown,
    'see that a worker runs (`hotlens worker`, or `hotlens start`); where one does, add more',
  );
}

function inTime(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

async function checkDeliveries(pool: Pool, { deliver }: Config): Promise<Finding> {
  const { failed: given, mail } = await outboxState(pool);
  if (mail > 0 && deliver.smtpUrl === undefined)
    return failed(
      'deliveries',
      `${mail} destinations are mail, and HOTLENS_SMTP_URL is not set`,
      'set it, as smtp://user:password@host:587: what waits is sent then (docs/alerts.md)',
    );
  if (given > 0)
    return warning(
      'deliveries',
      `${given} deliveries of the last week were given up`,
      'read why on the page Alerts, or: { deliveries(status: FAILED) { nodes { error } } }; then retryDeliveries',
    );
  return ok('deliveries', 'none was given up of late');
}

async function checkKeys(pool: Pool, { host, allowedHosts, trustedProxies }: Config): Promise<Finding> {
  const exposed = await isExposed(pool, { host, allowedHosts }).catch((error: unknown) => {
    if (error instanceof AppError) return error;
    throw error;
  });
  if (exposed instanceof AppError)
    return failed(
      'keys',
      exposed.message.replace(/; make one.*/s, ''),
      'make one: hotlens keys create --role admin (docs/access.md)',
    );
  if (!exposed) {
    const { any } = await keyState(pool);
    return ok(
      'keys',
      any
        ? `keys are asked for; it listens on ${host}`
        : `none: who is on this machine may everything, nobody else is answered`,
    );
  }
  if (host !== '127.0.0.1' && trustedProxies.length === 0)
    return warning(
      'keys',
      `it listens on ${host} and asks for keys, which travel unencrypted unless a proxy adds TLS`,
      'put a proxy with TLS before it and name it in HOTLENS_TRUSTED_PROXIES (docs/operations.md)',
    );
  return ok('keys', `it listens on ${host} for others, and asks for keys`);
}

async function checkPictures(pool: Pool, dataDir: string): Promise<Finding> {
  const store = openMediaStore(dataDir);
  const from = randomBytes(4).toString('hex');
  // From somewhere in the middle to the end; where that is little, from the beginning too.
  const some = await sampleImages(pool, from, SAMPLE);
  const sample = new Set(some.length < SAMPLE ? [...some, ...(await sampleImages(pool, '', SAMPLE))] : some);
  const there = await Promise.all([...sample].map((sha256) => store.has(sha256)));
  const missing = there.filter((has) => !has).length;
  if (sample.size === 0) return ok('pictures', 'there are none yet');
  if (missing === 0) return ok('pictures', `of ${sample.size} looked for, every file is in ${store.root}`);
  return failed(
    'pictures',
    `of ${sample.size} looked for, ${missing} have no file in ${store.root}`,
    'let HOTLENS_DATA name the folder that all processes share, or bring the files back from a backup (docs/data.md)',
  );
}
