import { expect, it } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import { type CaptionCompleted, type Events, openEvents } from '../src/events.js';
import { describePostgres } from './support/databases.js';
import { until } from './support/until.js';

const log = pino({ level: 'silent' });

describePostgres('events of several processes', (url) => {
  /** Collects what is told from now on. */
  function collect(events: Events): CaptionCompleted[] {
    const seen: CaptionCompleted[] = [];
    void (async () => {
      for await (const event of events.subscribe('captionCompleted')) seen.push(event);
    })();
    return seen;
  }

  it('reach every process that listens, once', async () => {
    const worker = await openEvents({ databaseUrl: url(), listen: false, log });
    const apis = await Promise.all([1, 2].map(() => openEvents({ databaseUrl: url(), listen: true, log })));
    const seen = apis.map(collect);
    const event = { type: 'captionCompleted', captionId: 'c', imageSha256: 'i' } as const;
    await worker.publish(event);
    await worker.publish({ ...event, captionId: 'last' });
    await until('the last event', () => seen.every((events) => events.at(-1)?.captionId === 'last'));
    expect(seen).toEqual([
      [event, { ...event, captionId: 'last' }],
      [event, { ...event, captionId: 'last' }],
    ]);
    await Promise.all([worker, ...apis].map((events) => events.close()));
  });

  it('come again after the connection that listens was lost', async () => {
    const events = await openEvents({ databaseUrl: url(), listen: true, log });
    const seen = collect(events);
    const admin = new pg.Client({ connectionString: url() });
    await admin.connect();
    const { rowCount } = await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'`,
    );
    expect(rowCount).toBe(1);
    let number = 0;
    await until('an event', async () => {
      await events.publish({ type: 'captionCompleted', captionId: String(number++), imageSha256: 'i' });
      return seen.length > 0;
    });
    await admin.end();
    await events.close();
  });
});
