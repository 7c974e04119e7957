// What the checkpointer of a PostgreSQL server does.
import type { Pool } from 'pg';

/** A start after a kill goes through no more than is written in as long (ms). */
const EVERY_MS = 60_000;

/**
 * Makes checkpoints of the embedded database, which has none by itself but when it is closed: its log of changes (pg_wal) would grow
 * with all that is ever written, and a start after a kill go through the whole of it. `stop` before the pool ends.
 */
export function keepCheckpoints(pool: Pool, everyMs: number = EVERY_MS): { stop(): void } {
  let running = false;
  const timer = setInterval(async () => {
    if (running) return;
    running = true;
    // A database that has died is started anew, which ends in a checkpoint.
    await pool.query('CHECKPOINT').catch(() => undefined);
    running = false;
  }, everyMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
