// The worker: every queue's loop, the schedules, and rows and jobs brought together at its start.

import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { Database } from '../db/database.js';
import type { Events } from '../events.js';
import type { Inference } from '../inference/inference.js';
import type { Admission } from '../ingest/admission.js';
import type { UploadSpool } from '../ingest/uploadSpool.js';
import type { Media } from '../media.js';
import { messagesFrom } from '../messages.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { captionJob } from './captionJob.js';
import type { CaptionPlan } from './captionPlan.js';
import { deliverJob } from './deliverJob.js';
import { detectJob } from './detectJob.js';
import { embedJob } from './embedJob.js';
import { fetchJob } from './fetchJob.js';
import { importJob } from './importJob.js';
import { maintenanceJob } from './maintenanceJob.js';
import { mapJob } from './mapJob.js';
import { DELIVER, MAP, type Queue } from './queue.js';
import { reconcile } from './reconcile.js';
import { reportJob } from './reportJob.js';
import { runQueue } from './runQueue.js';

export interface WorkerDeps {
  readonly config: Config;
  readonly db: Database;
  readonly queue: Queue;
  readonly events: Events;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly media: Media;
  readonly uploads: UploadSpool;
  readonly admission: Admission;
  readonly inference: Inference;
  readonly publicUrl: () => string;
  /** What this worker captions with. */
  readonly plan: CaptionPlan;
  /** Digest of its embedder. */
  readonly embedderDigest: string;
  /** Length of its vectors. */
  readonly dimension: number;
}

export interface Worker {
  /** Fetches no more jobs; those running after `deadlineMs` go back to the queue. */
  stop(deadlineMs: number): Promise<void>;
}

/** Starts to work off the queues. */
export async function startWorker(deps: WorkerDeps): Promise<Worker> {
  const { config, db, queue, log, telemetry, inference, plan, embedderDigest } = deps;
  const { pool } = db;
  const { batchSize } = config.inference;
  await reconcile({ pool, queue, log, embedderDigest });
  // Every process says the same: a schedule has its name for a key.
  await queue.boss.schedule('maintenance', '*/5 * * * *', {});
  await queue.boss.schedule('detect', '* * * * *', {});
  await queue.boss.schedule('report', '* * * * *', {});
  await queue.boss.schedule('deliver', '* * * * *', {});
  await queue.add('deliver', [DELIVER]);
  // Of captions that were embedded before there was a map, or whose placing was given up.
  await queue.add('map', [MAP]);
  const imagePath = deps.media.store.pathOf;
  const modelDigest = embedderDigest;
  const running = [
    runQueue({ pool, queue, log, telemetry }, importJob(deps)),
    runQueue({ pool, queue, log, telemetry }, fetchJob(deps)),
    runQueue({ pool, queue, log, telemetry }, captionJob({ ...deps, imagePath, batchSize, plan })),
    runQueue({ pool, queue, log, telemetry }, embedJob({ db, queue, inference, modelDigest, batchSize })),
    runQueue({ pool, queue, log, telemetry }, detectJob({ ...deps, pool, modelDigest, ...config.detection })),
    runQueue({ pool, queue, log, telemetry }, mapJob({ pool, log, embedderDigest })),
    runQueue({ pool, queue, log, telemetry }, reportJob(deps)),
    runQueue({ pool, queue, log, telemetry }, deliverJob({ ...deps, pool, messageOf: messagesFrom(deps) })),
    runQueue({ pool, queue, log, telemetry }, maintenanceJob(deps)),
  ];
  return {
    async stop(deadlineMs) {
      await Promise.all(running.map((one) => one.stop(deadlineMs)));
    },
  };
}
