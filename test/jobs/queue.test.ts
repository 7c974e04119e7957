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

describeDatabases('the queues', (open) => {
  /** Starts one and says when rows of queues were written last, and what one of them is like. */
  async function start(settings: { supervise?: boolean; heartbeatSeconds?: number }) {
    const queue = createQueue(open(), { log: pino({ level: 'silent' }), ...settings });
    await queue.start();
    const caption = await queue.boss.getQueue('caption');
    await queue.stop();
    const { rows } = await open().pool.query<{ written: Date }>('SELECT max(updated_on) AS written FROM pgboss.queue');
    return { heartbeatSeconds: caption!.heartbeatSeconds, retryLimit: caption!.retryLimit, written: rows[0]!.written };
  }

  it('are left alone where they are as they should be, and get other settings from who works, not from a command', async () => {
    const first = await start({ heartbeatSeconds: 30 });
    expect(first).toMatchObject({ heartbeatSeconds: 30 });
    expect(await start({ heartbeatSeconds: 30 })).toEqual(first);
    expect(await start({ heartbeatSeconds: 60, supervise: false })).toEqual(first);
    expect(await start({ heartbeatSeconds: 60 })).toMatchObject({ heartbeatSeconds: 60 });
    await open().pool.query(`UPDATE pgboss.queue SET retry_limit = 99 WHERE name = 'caption'`);
    expect(await start({ heartbeatSeconds: 60 })).toMatchObject({ retryLimit: first.retryLimit });
  });
});
