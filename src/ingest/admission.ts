// Whether posts may come in now. What cannot be kept or worked off is refused before it costs anything: a client that is told
// to come later keeps its posts, and memory stays flat however many ask.
import { setTimeout } from 'node:timers/promises';
import type { Pool } from 'pg';
import { countJobs } from '../db/countJobs.js';
import type { AppError, FailureKind } from '../errors.js';
import { freeBytes } from '../freeBytes.js';
import { later, retryLater } from '../retryLater.js';

export interface AdmissionOptions {
  readonly pool: Pool;
  /** An existing folder of the disk that pictures go to. */
  readonly folder: string;
  /** The queues whose jobs are counted, and how many of these there may be. */
  readonly queues: readonly string[];
  readonly queueLimit: number;
  /** Room that the disk must have. */
  readonly minFreeBytes: number;
}

export interface Admission {
  /**
   * Rejects with AppError RETRY_LATER, with `retryAfterMs`, where the disk is full, the database does not answer or the queue is
   * full.
   */
  check(): Promise<void>;
  /**
   * Does the work after `check`, when it is its turn. Rejects with RETRY_LATER also where too many wait for theirs, or where
   * it takes too long; it may still be done then, and giving it again stores nothing twice.
   */
  admit<T>(work: () => Promise<T>): Promise<T>;
}

/** Calls in work at once: fewer than the pool has connections, so that jobs and queries go on beside them. */
const AT_ONCE = 6;
/** Calls that wait for their turn, with all their posts in memory. */
const IN_LINE = 18;
const BUSY_RETRY_MS = 1000;
/** Longest that the database may take to say that it is there (ms). */
const PROBE_MS = 3000;
/** Longest that one call may take (ms). */
const CALL_MS = 60_000;
const QUEUE_RETRY_MS = 30_000;
/** Jobs that posts bring per second at most, all processes together (bench/results.md has 6,000 on one machine). */
const JOBS_PER_MS = 20;
const LONGEST_COUNT_MS = 10_000;

/** Nothing happens before it is asked. What it finds out is shared by all who ask at the same time. */
export function createAdmission({ pool, folder, queues, queueLimit, minFreeBytes }: AdmissionOptions): Admission {
  let underWay = 0;
  const line: (() => void)[] = [];
  /** The queue cannot be full before this time (ms since 1970): it was counted, and fills only so fast. */
  let roomUntil = 0;
  let probing: Promise<void> | undefined;

  async function probe(): Promise<void> {
    const now = Date.now();
    const answer =
      now < roomUntil
        ? pool.query('SELECT 1').then(() => undefined)
        : countJobs(pool, queues, queueLimit).then((count) => {
            if (count >= queueLimit)
              throw refusal(`the queue is full: ${queueLimit} jobs wait`, 'UNAVAILABLE', QUEUE_RETRY_MS);
            roomUntil = now + Math.min((queueLimit - count) / JOBS_PER_MS, LONGEST_COUNT_MS);
          });
    // Its failure, should it come after its time, was told already.
    answer.catch(() => undefined);
    await within(PROBE_MS, answer);
  }

  async function check(): Promise<void> {
    if ((await freeBytes(folder)) < minFreeBytes)
      throw refusal(`the disk has less than ${minFreeBytes} bytes free`, 'DISK');
    probing ??= probe().finally(() => {
      probing = undefined;
    });
    await probing.catch((error: unknown) => {
      throw retryLater(error) ?? error;
    });
  }

  return {
    check,
    async admit(work) {
      const room = underWay < AT_ONCE;
      if (!room && line.length >= IN_LINE)
        throw refusal(`${AT_ONCE + IN_LINE} calls are being taken in already`, 'UNAVAILABLE', BUSY_RETRY_MS);
      if (room) underWay += 1;
      const turn = room ? Promise.resolve() : new Promise<void>((resolve) => line.push(resolve));
      const done = turn
        .then(check)
        .then(work)
        .finally(() => {
          // Also where nobody waits for it any longer: until now it held its posts and its connection.
          const next = line.shift();
          if (next) next();
          else underWay -= 1;
        });
      done.catch(() => undefined);
      try {
        return await within(CALL_MS, done);
      } catch (error) {
        throw retryLater(error) ?? error;
      }
    },
  };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const late = setTimeout(ms, undefined, { ref: false, signal: stop.signal }).then(() => {
    throw refusal(`the database has not answered within ${ms / 1000} s`, 'DATABASE');
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
}

function refusal(reason: string, kind: FailureKind, retryAfterMs?: number): AppError {
  const message = `${reason}: try again later, nothing is stored twice`;
  return later(message, { kind, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}
