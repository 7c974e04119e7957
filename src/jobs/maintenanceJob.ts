// What must be done every few minutes, by whichever worker gets to it.

import type { Logger } from 'pino';
import type { Database } from '../db/database.js';
import { vacuum } from '../db/vacuum.js';
import { SWEEP_AGE_MS, sweepMedia } from '../ingest/sweepMedia.js';
import type { Queue } from './queue.js';
import { reconcile } from './reconcile.js';
import type { JobKind } from './runQueue.js';

/** The maintenance queue's work. */
export function maintenanceJob({
  db,
  queue,
  log,
  mediaRoot,
  embedderDigest,
}: {
  readonly db: Database;
  readonly queue: Queue;
  /** The media store's folder. */
  readonly mediaRoot: string;
  readonly log: Logger;
  readonly embedderDigest: string;
}): JobKind<'maintenance'> {
  return {
    name: 'maintenance',
    capacity: 1,
    pollMs: 2000,
    async run() {
      await reconcile({ pool: db.pool, queue, log, embedderDigest });
      const removed = await sweepMedia({ root: mediaRoot, pool: db.pool, olderThanMs: SWEEP_AGE_MS, now: Date.now() });
      if (removed > 0) log.info({ removed }, 'files without a picture removed from the media store');
      await vacuum(db);
    },
  };
}
