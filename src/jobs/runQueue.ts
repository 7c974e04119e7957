// One queue's worker: fetches jobs in batches, runs them concurrently, settles each by itself.

import type { ClientBase, Pool } from 'pg';
import type { JobWithMetadata } from 'pg-boss';
import type { Logger } from 'pino';
import { exhaustJob, putOffJob, returnJobs } from '../db/settleJob.js';
import { withTransaction } from '../db/withTransaction.js';
import { AppError, messageOf } from '../errors.js';
import { loggedCause, withCause } from '../telemetry/cause.js';
import { stopwatch, type Telemetry } from '../telemetry/telemetry.js';
import { inSpan } from '../telemetry/tracer.js';
import { failureKind } from './failureKind.js';
import { addFailure, type FailureRecord } from './failureRecord.js';
import { bossDb, type JobData, type JobOrigin, type Queue, type QueueName } from './queue.js';
import { nextTry } from './retryPolicy.js';

/** Settles the job inside the caller's transaction: the result and the end of the job commit together. */
export interface Complete {
  (client: ClientBase): Promise<void>;
  /** The job as it was claimed. */
  readonly job: Pick<JobWithMetadata, 'id' | 'retryCount'>;
  /** Says that it was completed otherwise (completeAll). */
  done(): void;
}

/** Settles jobs of one queue by one statement, inside the caller's transaction. */
export async function completeAll<Q extends QueueName>(
  { boss }: Pick<Queue, 'boss'>,
  name: Q,
  completes: readonly Complete[],
  client: ClientBase,
): Promise<void> {
  const jobs = completes.map(({ job }) => job);
  await boss.complete(name, jobs, null, { db: bossDb(client) });
  for (const complete of completes) complete.done();
}

export interface JobKind<Q extends QueueName> {
  readonly name: Q;
  /** Jobs that may be in work at once. */
  readonly capacity: number;
  /** Free places before more are fetched: fetching one by one costs a round trip each. Default 1. */
  readonly refill?: number;
  /** How long an idle queue is left alone (ms), unless it is woken. Default 500. */
  readonly pollMs?: number;
  /** Does the work. A job that `complete` was not called for is completed after it returned. Must be idempotent. */
  readonly run: (data: JobData[Q], complete: Complete) => Promise<void>;
  /** Asks work that can go on later to end, with AppError SHUTTING_DOWN: its jobs go back to the queue at once. */
  readonly stop?: () => void;
  /** Writes a failed attempt on the row. `final`: nothing will be tried again. */
  readonly failed?: (client: ClientBase, data: JobData[Q], failure: Failure) => Promise<void>;
}

export interface Failure {
  readonly reason: string;
  readonly final: boolean;
}

export interface RunningQueue {
  /** Fetches no more; jobs still running after `deadlineMs` go back to the queue. */
  stop(deadlineMs: number): Promise<void>;
}

const POLL_MS = 500;
/** Longest pause between two tries to fetch while the database is away (ms). */
const LONGEST_AWAY_MS = 10_000;
/** Signs of life within the time that counts as death. */
const TOUCHES = 3;

export interface QueueDeps {
  readonly pool: Pool;
  readonly queue: Queue;
  readonly log: Logger;
  readonly telemetry: Telemetry;
}

/**
 * Starts the loop. A job fails alone: a final error (AppError that is not retryable) is written on its row and ends it,
 * any other is tried again as its kind deserves (retryPolicy.ts), and after the last try the row fails and the job goes to
 * the dead letter queue.
 */
export function runQueue<Q extends QueueName>(
  { pool, queue, log, telemetry }: QueueDeps,
  kind: JobKind<Q>,
): RunningQueue {
  const { boss } = queue;
  const { metrics, tracer } = telemetry;
  type Job = JobWithMetadata<JobData[Q] & JobOrigin & { readonly failures?: FailureRecord }>;
  const running = new Map<string, { job: Job; ended: Promise<void> }>();
  /** Given back at the end of the drain: what still becomes of them here does not count. */
  const returned = new Set<string>();
  let stopping = false;
  let wakeUp: () => void = () => undefined;
  // A wake that comes while jobs are being fetched must not be lost: it is kept until the next pause.
  let woken = false;
  const wake = () => {
    woken = true;
    wakeUp();
  };
  queue.onWake(kind.name, wake);

  const touch = setInterval(
    () => {
      if (running.size === 0) return;
      const jobs = [...running.values()].map(({ job }) => job);
      boss.touch(kind.name, jobs).catch((error: unknown) => log.warn({ err: error, queue: kind.name }, 'heartbeat'));
    },
    (queue.heartbeatSeconds * 1000) / TOUCHES,
  );

  let awayMs = 0;
  const loop = (async () => {
    while (!stopping) {
      const free = kind.capacity - running.size;
      let fetched: Job[] = [];
      woken = false;
      if (free >= Math.min(kind.refill ?? 1, kind.capacity)) {
        try {
          fetched = await boss.fetch<Job['data']>(kind.name, { batchSize: free, includeMetadata: true });
          awayMs = 0;
        } catch (error) {
          // A database that is away is not asked ever faster, nor does it fill the log.
          awayMs = Math.min(Math.max(POLL_MS, awayMs * 2), LONGEST_AWAY_MS);
          log.error({ err: error, queue: kind.name, againInMs: awayMs }, 'cannot fetch jobs');
        }
      }
      for (const job of fetched) {
        const ended = runOne(job).finally(() => {
          running.delete(job.id);
          if (kind.capacity - running.size >= (kind.refill ?? 1)) wake();
        });
        running.set(job.id, { job, ended });
      }
      // A full fetch says that there is more; with places left it is taken at once.
      if (fetched.length < free || fetched.length === 0) await pause();
    }
  })();

  async function pause(): Promise<void> {
    if (woken || stopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(kind.pollMs ?? POLL_MS, awayMs));
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wakeUp = () => undefined;
  }

  /** What the job does, and asks for, is done for whoever asked for the job. */
  function runOne(job: Job): Promise<void> {
    return withCause(job.data.cause ?? {}, () => tryOne(job));
  }

  async function tryOne(job: Job): Promise<void> {
    const seconds = stopwatch();
    let completed = false;
    const done = () => {
      completed = true;
    };
    const complete: Complete = Object.assign(
      (client: ClientBase) => completeAll(queue, kind.name, [complete], client),
      {
        job,
        done,
      },
    );
    try {
      const span = tracer.start(`job ${kind.name}`, { kind: 'consumer', attributes: { 'hotlens.job': job.id } });
      await inSpan(span, async () => {
        await kind.run(job.data, complete);
        if (!completed) await boss.complete(kind.name, job);
      });
      metrics.observe('hotlens_job_duration_seconds', { queue: kind.name, outcome: 'ok' }, seconds());
      const ms = Math.round(seconds() * 1000);
      log.debug({ queue: kind.name, job: job.id, ...loggedCause(job.data.cause), ms }, 'job done');
    } catch (error) {
      if (returned.has(job.id)) return;
      if (stopping && error instanceof AppError && error.code === 'SHUTTING_DOWN') {
        await returnJobs(pool, kind.name, [job.id], { counted: false }).catch((reason: unknown) =>
          log.error({ err: reason, queue: kind.name, job: job.id }, 'cannot give a job back'),
        );
        return;
      }
      metrics.observe('hotlens_job_duration_seconds', { queue: kind.name, outcome: 'error' }, seconds());
      await settleFailure(job, error).catch((reason: unknown) =>
        // The database is away: the job's heartbeat ends, and it comes back by itself.
        log.error({ err: reason, queue: kind.name, job: job.id }, 'cannot settle a failed job'),
      );
    }
  }

  async function settleFailure(job: Job, error: unknown): Promise<void> {
    const kindOf = failureKind(error);
    const refused = error instanceof AppError && !error.retryable;
    // The row says why in words, as ingest does of what it refuses itself; kind and code are for the log and the job.
    const reason = messageOf(error);
    const failures = addFailure(job.data.failures, { kind: kindOf, reason, at: new Date() });
    const retryAfterMs = error instanceof AppError ? error.retryAfterMs : undefined;
    const delayMs = refused
      ? null
      : nextTry(kindOf, { failures: failures.counts[kindOf]!, retryAfterMs, random: Math.random() });
    const why = { reason, kind: kindOf, ...(error instanceof AppError && { code: error.code }) };
    metrics.count('hotlens_job_failures_total', { queue: kind.name, kind: kindOf });
    if (delayMs === null) metrics.count('hotlens_jobs_given_up_total', { queue: kind.name, kind: kindOf });
    const { cause, ...about } = job.data;
    const context = {
      queue: kind.name,
      job: job.id,
      ...loggedCause(cause),
      data: about,
      attempt: job.retryCount + 1,
      againInMs: delayMs,
    };
    if (error instanceof AppError) log.warn({ ...context, ...why }, 'job failed');
    else log.error({ ...context, err: error, kind: kindOf }, 'job failed');
    const claimed = { id: job.id, name: kind.name, retryCount: job.retryCount };
    const data = { ...job.data, failures };
    await withTransaction(pool, async (client) => {
      await kind.failed?.(client, job.data, { reason, final: delayMs === null });
      if (delayMs !== null) return putOffJob(client, claimed, { data, why, delayMs });
      const options = { db: bossDb(client) };
      if (refused) return void (await boss.complete(kind.name, job, why, options));
      await exhaustJob(client, claimed, data);
      await boss.fail(kind.name, job, why, options);
    });
  }

  return {
    async stop(deadlineMs) {
      stopping = true;
      kind.stop?.();
      wake();
      await loop;
      const all = Promise.all([...running.values()].map(({ ended }) => ended));
      await Promise.race([all, new Promise((resolve) => setTimeout(resolve, deadlineMs).unref())]);
      clearInterval(touch);
      const left = [...running.values()].map(({ job }) => job.id);
      if (left.length > 0) {
        for (const id of left) returned.add(id);
        log.warn({ queue: kind.name, jobs: left.length }, 'running jobs go back to the queue');
        await returnJobs(pool, kind.name, left, { counted: false });
      }
    },
  };
}
