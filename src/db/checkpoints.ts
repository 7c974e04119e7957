// What the checkpointer of a PostgreSQL server does.
import type { Pool } from 'pg';
import { repeatedly } from './repeatedly.js';

/** A start after a kill goes through no more than is written in as long (ms). */
const EVERY_MS = 60_000;

/**
 * Makes checkpoints of the embedded database, which has none by itself but when it is closed: its log of changes (pg_wal) would grow
 * with all that is ever written, and a start after a kill go through the whole of it. `stop` before the pool ends.
 */
export function keepCheckpoints(pool: Pool, everyMs: number = EVERY_MS): { stop(): void } {
  // A database that has died is started anew, which ends in a checkpoint.
  return repeatedly(() => pool.query('CHECKPOINT').catch(() => undefined), everyMs);
}
