// The deliver queue's work: sends what is due in the outbox, each row by whoever claimed it. At least once: whoever sent a row and died
// before he could say so has it sent again, under the same id.
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import {
  type ClaimedDelivery,
  claimDelivery,
  nextDelivery,
  type Settled,
  settleDelivery,
} from '../db/deliver/claimDelivery.js';
import type { MessageOf } from '../deliver/message.js';
import { outletsOf, send, takeBack } from '../deliver/send.js';
import { AppError, messageOf as reasonOf } from '../errors.js';
import type { Queue } from './queue.js';
import { DELIVERIES, nextTry } from './retryPolicy.js';
import type { JobKind } from './runQueue.js';

export interface DeliverJobDeps {
  readonly pool: Pool;
  readonly queue: Queue;
  readonly log: Logger;
  readonly config: Pick<Config, 'deliver' | 'dataDir'>;
  readonly messageOf: MessageOf;
}

/** Rows in work at once: one receiver that hangs holds up none of the others. */
const LANES = 4;
/** After so long (ms) a row that is being sent counts as left: well beyond the longest that rendering and sending take. */
const LEASE_MS = 5 * 60_000;
/** What is due within this time (ms) gets a job of its own; for the rest the schedule of every minute will do. */
const SOON_MS = 60_000;

export function deliverJob(deps: DeliverJobDeps): JobKind<'deliver'> {
  const { pool, queue } = deps;
  let stopping = false;
  return {
    name: 'deliver',
    capacity: LANES,
    pollMs: 1000,
    async run() {
      while (!stopping) {
        const delivery = await claimDelivery(pool, LEASE_MS);
        if (delivery === null) break;
        await deliver(delivery, deps);
      }
      const dueInMs = await nextDelivery(pool);
      if (dueInMs === null || dueInMs > SOON_MS) return;
      await queue.add('deliver', [
        { data: {}, key: 'deliver again', startAfter: Math.max(1, Math.ceil(dueInMs / 1000)) },
      ]);
    },
    stop() {
      // What is on its way goes on; the rest stays due.
      stopping = true;
    },
  };
}

async function deliver(delivery: ClaimedDelivery, deps: DeliverJobDeps): Promise<void> {
  const { pool, log } = deps;
  const settled = await trySending(delivery, deps);
  const mine = await settleDelivery(pool, delivery, settled);
  const { id, kind, attempts, destination } = delivery;
  const told = { delivery: id, kind, destination: destination.name, attempt: attempts };
  if (!mine) log.warn(told, 'a delivery was claimed by another meanwhile');
  else if (settled.status === 'DELIVERED') log.info(told, 'delivered');
  else log.warn({ ...told, reason: settled.error, given_up: settled.status === 'FAILED' }, 'not delivered');
}

async function trySending(delivery: ClaimedDelivery, { config, messageOf, log }: DeliverJobDeps): Promise<Settled> {
  try {
    const message = await messageOf(delivery);
    if (message === null) {
      await takeBack(delivery.id, delivery.destination, outletsOf(config));
      return { status: 'FAILED', error: 'what it was to tell of is no longer there' };
    }
    return { status: 'DELIVERED', error: await send(message, delivery.destination, outletsOf(config)) };
  } catch (error) {
    const known = error instanceof AppError;
    if (!known) log.error({ err: error, delivery: delivery.id }, 'cannot make or send a message');
    const reason = known ? reasonOf(error) : 'it could not be made: the log says why';
    if (known && !error.retryable) return { status: 'FAILED', error: reason };
    const retryAfterMs = known ? error.retryAfterMs : undefined;
    const delayMs = nextTry(DELIVERIES, { failures: delivery.attempts, retryAfterMs, random: Math.random() });
    if (delayMs !== null) return { status: 'WAITING', error: reason, delayMs };
    return { status: 'FAILED', error: `given up after ${delivery.attempts} attempts: ${reason}` };
  }
}
