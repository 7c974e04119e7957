// The queue of a command that only brings work in: nothing runs in the background, and no model is known.
import type { Database } from '../db/database.js';
import type { EnqueueWork } from '../ingest/enqueue.js';
import { createLogger } from '../log.js';
import { enqueueWork } from './enqueueWork.js';
import { createQueue } from './queue.js';

/** Opens the queue over the database; the worker that takes the jobs makes the caption rows. */
export async function openIngestQueue(db: Database): Promise<{ enqueue: EnqueueWork; close(): Promise<void> }> {
  const queue = createQueue(db, { log: createLogger({ logLevel: 'warn' }), supervise: false });
  await queue.start();
  return { enqueue: enqueueWork(queue, () => undefined), close: () => queue.stop() };
}
