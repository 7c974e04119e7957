// A pool over a PostgreSQL server, after a look at whether that server will do.
import pg from 'pg';
import { AppError, messageOf } from '../errors.js';
import { cancelWithRequest } from './cancelWithRequest.js';

/** uuid, jsonb and `INSERT ... ON CONFLICT` would do with less; 14 is the oldest release that pgvector still builds on. */
export const OLDEST_VERSION = 140_000;
/** The oldest pgvector that can go on along an index until enough rows pass a filter. */
const OLDEST_VECTOR = [0, 8];
const CONNECT_TIMEOUT_MS = 10_000;
/** Connections of one process, besides those that an API listens and tells of events with (events.ts). */
export const POOL_SIZE = 10;

/** Connects, checks the version and that pgvector is there. Rejects with AppError CONFIG (the URL) or DATABASE_UNAVAILABLE that says what to do. */
export async function openPostgres(databaseUrl: string): Promise<{ pool: pg.Pool; close: () => Promise<void> }> {
  const pool = new pg.Pool({
    connectionString: withSettings(databaseUrl, UTC),
    application_name: 'hotlens',
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // A server that is gone without a word (its machine, the network) is noticed by the system.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // An idle connection that the server closes must not end the process; whoever queries next gets a fresh one.
  pool.on('error', () => undefined);
  // Nor may one that breaks while it is out: whoever holds it learns by the statement that fails.
  pool.on('connect', (client) => client.on('error', () => undefined));
  cancelWithRequest(pool, (client) => void cancelBackend(pool, client));
  try {
    await checkServer(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return { pool, close: () => pool.end() };
}

/** Over a connection of its own: all of the pool's may be taken by what is to be cancelled. Where that fails, the statement runs to its end. */
async function cancelBackend(pool: pg.Pool, client: pg.PoolClient): Promise<void> {
  const { processID } = client as pg.PoolClient & { readonly processID: number };
  const canceller = new pg.Client(pool.options);
  canceller.on('error', () => undefined);
  try {
    await canceller.connect();
    await canceller.query('SELECT pg_cancel_backend($1)', [processID]);
  } catch {
    // The server is out of connections or gone: then nothing else can reach the statement either.
  } finally {
    await canceller.end().catch(() => undefined);
  }
}

/**
 * Prisma's adapter reads timestamps as UTC whatever zone the session has, so that a role or server with another zone would give
 * wrong times. An option of the connection beats both.
 */
export const UTC = ['TimeZone=UTC'] as const;

/** The URL with settings (`NAME=VALUE`) for its sessions. Throws AppError CONFIG where it is none. */
export function withSettings(databaseUrl: string, settings: readonly string[]): string {
  let url: URL;
  try {
    url = new URL(databaseUrl);
  } catch (cause) {
    // The URL itself stays out of the message: it holds a password.
    throw new AppError('CONFIG', 'DATABASE_URL is not a URL: expected postgresql://USER:PASSWORD@HOST/NAME', { cause });
  }
  const options = [url.searchParams.get('options'), ...settings.map((one) => `-c ${one}`)].filter(Boolean).join(' ');
  url.searchParams.set('options', options);
  return url.href;
}

async function checkServer(pool: pg.Pool): Promise<void> {
  const { rows } = await pool
    .query<{ version: string; version_number: number; available: string | null; installed: string | null }>(
      `SELECT current_setting('server_version') AS version,
              current_setting('server_version_num')::int AS version_number,
              (SELECT default_version FROM pg_available_extensions WHERE name = 'vector') AS available,
              (SELECT extversion FROM pg_extension WHERE extname = 'vector') AS installed`,
    )
    .catch((cause: unknown) => {
      throw new AppError(
        'DATABASE_UNAVAILABLE',
        `cannot reach the PostgreSQL server of DATABASE_URL: ${messageOf(cause)}`,
        {
          cause,
        },
      );
    });
  const server = rows[0]!;
  if (server.version_number < OLDEST_VERSION)
    throw new AppError('DATABASE_UNAVAILABLE', `PostgreSQL 14 or newer is needed, the server is ${server.version}`);
  const vector = server.installed ?? server.available;
  if (vector !== null && isOldVector(vector))
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `pgvector 0.8 or newer is needed, the database has ${vector}: update it, then ALTER EXTENSION vector UPDATE`,
    );
  if (server.installed !== null) return;
  if (server.available === null)
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      'the PostgreSQL server has no pgvector: install it there (https://github.com/pgvector/pgvector)',
    );
  await createVector(pool);
}

/** Whether searches can't do with this version of pgvector, such as '0.7.4'. */
export function isOldVector(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return major! < OLDEST_VECTOR[0]! || (major === OLDEST_VECTOR[0] && minor! < OLDEST_VECTOR[1]!);
}

async function createVector(pool: pg.Pool): Promise<void> {
  try {
    await pool.query('CREATE EXTENSION IF NOT EXISTS vector');
  } catch (cause) {
    // Two processes that start together may both find it missing; the second to create it is told "already exists".
    const { rows } = await pool.query(`SELECT 1 FROM pg_extension WHERE extname = 'vector'`);
    if (rows.length > 0) return;
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `pgvector cannot be switched on (${messageOf(cause)}): run CREATE EXTENSION vector in this database as a superuser`,
      { cause },
    );
  }
}
