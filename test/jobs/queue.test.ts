import { expect, it } from '@jest/globals';
import { pino } from 'pino';
import { openDatabase } from '../../src/db/openDatabase.js';
import { createQueue } from '../../src/jobs/queue.js';
import { describePostgres } from '../support/databases.js';

describePostgres('the queue', (url) => {
  it('is installed by processes that start together on an empty database', async () => {
    const log = pino({ level: 'silent' });
    // Who comes second to a schema may die of a duplicate key, by chance: with one lock less, this fails in its first rounds.
    for (let round = 0; round < 8; round++) {
      const starts = await Promise.allSettled(
        Array.from({ length: 5 }, async () => {
          const db = await openDatabase({ dataDir: undefined, databaseUrl: url() });
          const queue = createQueue(db, { log });
          try {
            await queue.start();
          } finally {
            await queue.stop();
            await db.close();
          }
        }),
      );
      expect(starts).toEqual(Array.from({ length: 5 }, () => ({ status: 'fulfilled', value: undefined })));
      const db = await openDatabase({ dataDir: undefined, databaseUrl: url() });
      await db.pool.query('DROP SCHEMA pgboss CASCADE');
      await db.close();
    }
  }, 120_000);
});
