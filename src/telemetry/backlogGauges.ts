// The queues and the pool as they are when somebody looks.
import { setTimeout } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { type QueueBacklog, queueBacklog } from '../db/queueBacklog.js';
import { messageOf } from '../errors.js';
import { QUEUES, type QueueName } from '../jobs/queue.js';
import type { Metrics } from './metrics.js';

/** How old an answer of the database may be (ms): however many look, it is asked once. */
const FRESH_MS = 1000;
/** Longest that a scrape waits for the database (ms). Prometheus gives up after 10 s. */
const PATIENCE_MS = 3000;

/** Sets the gauges of queues and connections at each scrape. While the database does not answer, those of the queues are left out. */
export function gaugeBacklog(metrics: Metrics, { pool, log }: { readonly pool: Pool; readonly log: Logger }): void {
  let asked: { readonly at: number; readonly rows: Promise<QueueBacklog[]> } | undefined;
  const ask = () => {
    if (asked === undefined || performance.now() - asked.at > FRESH_MS)
      asked = { at: performance.now(), rows: queueBacklog(pool, QUEUES) };
    return Promise.race([asked.rows, late()]);
  };
  metrics.onScrape(async () => {
    const { totalCount, idleCount, waitingCount } = pool;
    metrics.set('hotlens_database_connections', { state: 'used' }, totalCount - idleCount);
    metrics.set('hotlens_database_connections', { state: 'idle' }, idleCount);
    metrics.set('hotlens_database_connections', { state: 'waited_for' }, waitingCount);
    try {
      for (const { name, waiting, delayed, running, dead, oldestSeconds } of await ask()) {
        const queue = name as QueueName;
        metrics.set('hotlens_queue_jobs', { queue, state: 'waiting' }, waiting);
        metrics.set('hotlens_queue_jobs', { queue, state: 'delayed' }, delayed);
        metrics.set('hotlens_queue_jobs', { queue, state: 'running' }, running);
        metrics.set('hotlens_queue_oldest_waiting_seconds', { queue }, oldestSeconds);
        metrics.set('hotlens_dead_letters', { queue }, dead);
      }
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'the queues cannot be measured');
      for (const name of [
        'hotlens_queue_jobs',
        'hotlens_queue_oldest_waiting_seconds',
        'hotlens_dead_letters',
      ] as const)
        metrics.forget(name);
    }
  });
}

async function late(): Promise<never> {
  await setTimeout(PATIENCE_MS, undefined, { ref: false });
  throw new Error(`the database did not answer within ${PATIENCE_MS} ms`);
}
