// The queue of a command that only brings work in: nothing runs in the background, and no model is known.
import type { Config } from '../config.js';
import type { Database } from '../db/database.js';
import type { Admission } from '../ingest/admission.js';
import type { EnqueueWork } from '../ingest/enqueue.js';
import { createLogger } from '../log.js';
import { enqueueWork } from './enqueueWork.js';
import { openAdmission } from './openAdmission.js';
import { createQueue } from './queue.js';

/** Opens the queue over the database; the worker that takes the jobs makes the caption rows. */
export async function openIngestQueue(db: Database): Promise<{
  enqueue: EnqueueWork;
  admit(config: Config): Promise<void>;
  close(): Promise<void>;
}> {
  const queue = createQueue(db, { log: createLogger({ logLevel: 'warn' }), supervise: false });
  await queue.start();
  let admission: Admission | undefined;
  return {
    enqueue: enqueueWork(queue, () => undefined),
    async admit({ dataDir, ingest }) {
      // Nobody works the embedded database's queue off while this command has it: to wait for that would be for ever.
      const queueLimit = db.kind === 'embedded' ? Number.MAX_SAFE_INTEGER : ingest.queueLimit;
      admission ??= openAdmission(db.pool, { dataDir, ingest: { ...ingest, queueLimit } });
      await admission.check();
    },
    close: () => queue.stop(),
  };
}
