import { expect, it } from '@jest/globals';
import { pino } from 'pino';
import { openDatabase } from '../../src/db/openDatabase.js';
import { createQueue } from '../../src/jobs/queue.js';
import { describeDatabases, describePostgres } from '../support/databases.js';

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

describeDatabases('finished jobs', (open) => {
  it('are forgotten an hour later, by a look every ten minutes', async () => {
    const { pool } = open();
    const queue = createQueue(open(), { log: pino({ level: 'silent' }) });
    await queue.start();
    try {
      const left = async () => (await pool.query(`SELECT FROM pgboss.job WHERE name = 'embed'`)).rowCount;
      await queue.add('embed', [
        { data: { imageSha256: 'a' }, key: 'long ago' },
        { data: { imageSha256: 'b' }, key: 'just now' },
        { data: { imageSha256: 'c' }, key: 'waits' },
      ]);
      const [first, second] = await queue.boss.fetch('embed', { batchSize: 2 });
      await queue.boss.complete('embed', [first!.id, second!.id]);
      await pool.query(`UPDATE pgboss.job SET completed_on = now() - interval '61 minutes' WHERE id = $1`, [first!.id]);
      await pool.query(`UPDATE pgboss.queue SET maintain_on = now() - interval '9 minutes'`);
      await queue.boss.supervise();
      expect(await left()).toBe(3);
      await pool.query(`UPDATE pgboss.queue SET maintain_on = now() - interval '11 minutes'`);
      await queue.boss.supervise();
      expect(await left()).toBe(2);
    } finally {
      await queue.stop();
    }
  });
});
