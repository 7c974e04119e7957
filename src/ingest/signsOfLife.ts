// As long as an import is under way its record says so: of a process that was killed nobody else could tell.
import type { Pool } from 'pg';
import { LEFT_MS, touchImport } from '../db/importRecord.js';

/** Of the time after which an import counts as left: a slow database may cost some signs. */
const EVERY_MS = LEFT_MS / 6;

/** Begins to give signs, every `everyMs`; what is returned ends that, and resolves when none is under way any more. */
export function giveSignsOfLife(pool: Pool, importId: string, everyMs: number = EVERY_MS): () => Promise<void> {
  let sign: Promise<void> | undefined;
  const timer = setInterval(() => {
    sign ??= touchImport(pool, importId)
      // A database that is away is told of by the next batch; the next sign may reach it again.
      .catch(() => undefined)
      .finally(() => {
        sign = undefined;
      });
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    // One that came behind the end of the import would open its record again.
    await sign;
  };
}
