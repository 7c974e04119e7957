// What the autovacuum of a PostgreSQL server does for its planner.
import type { Pool } from 'pg';
import { repeatedly } from './repeatedly.js';

/** A burst is planned for what was there before for no longer than this (ms). */
const EVERY_MS = 10_000;

/**
 * Tables of which so much has changed that autovacuum would analyze them, by its own defaults and at its own pace, once a minute: statistics
 * are rows that are written anew. One that has grown to twice its rows is not what its statistics say, and does not wait.
 */
const CHANGED = `
  SELECT format('%I.%I', s.schemaname, s.relname) AS name FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
  WHERE s.n_mod_since_analyze > 50 + 0.1 * greatest(c.reltuples, 0)
    AND (s.last_analyze IS NULL OR s.last_analyze < now() - interval '1 minute' OR s.n_live_tup > 2 * greatest(c.reltuples, 0))`;

/**
 * Keeps the planner's statistics of the embedded database, which has no autovacuum: without them the planner takes every table for
 * nearly empty, and goes through thousands of rows as if they were ten. `stop` before the pool ends.
 */
export function keepStatistics(pool: Pool, everyMs: number = EVERY_MS): { stop(): void } {
  let stopped = false;
  const { stop } = repeatedly(async () => {
    try {
      const { rows } = await pool.query<{ name: string }>(CHANGED);
      // One statement each: whoever else asks comes in between.
      for (const { name } of rows) if (!stopped) await pool.query(`ANALYZE ${name}`);
    } catch {
      // A table that is gone, or a database that has died: both are looked at anew.
    }
  }, everyMs);
  return {
    stop() {
      stopped = true;
      stop();
    },
  };
}
