// The queue of a restored database: jobs are not in a backup. The worker makes those of PENDING rows by itself (reconcile.ts), but images
// that came in where no model was known have no row to tell of them.
import { openDatabase } from '../db/openDatabase.js';
import { withTransaction } from '../db/withTransaction.js';
import { openIngestQueue } from './openIngestQueue.js';

/** Asks for the captions of the images in a data directory that have none. */
export async function requeueImages(dataDir: string): Promise<void> {
  const db = await openDatabase({ dataDir, databaseUrl: undefined });
  try {
    const queue = await openIngestQueue(db);
    try {
      const { rows } = await db.pool.query<{ sha256: string }>(
        'SELECT sha256::text FROM images i WHERE NOT EXISTS (SELECT FROM captions c WHERE c.image_sha256 = i.sha256)',
      );
      const caption = rows.map(({ sha256 }) => sha256);
      await withTransaction(db.pool, (client) => queue.enqueue(client, { fetch: [], caption }));
    } finally {
      await queue.close();
    }
  } finally {
    await db.close();
  }
}
