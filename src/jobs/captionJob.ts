// Captions one image. Many run at once: the loader behind inference.caption makes the batches.

import { captionWork, completeCaptions, failCaption } from '../db/captionWork.js';
import type { Database } from '../db/database.js';
import { withTransaction } from '../db/withTransaction.js';
import { AppError } from '../errors.js';
import type { Events } from '../events.js';
import type { CaptionResult, Inference } from '../inference/inference.js';
import { type Cause, currentCause } from '../telemetry/cause.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import type { CaptionPlan } from './captionPlan.js';
import { captionPlan } from './captionPlan.js';
import { commitTogether, type Outcome } from './commitTogether.js';
import type { Queue } from './queue.js';
import { requestCaptions } from './requestCaptions.js';
import type { JobKind } from './runQueue.js';

export interface CaptionJobDeps {
  readonly db: Pick<Database, 'prisma' | 'pool'>;
  readonly queue: Queue;
  readonly inference: Pick<Inference, 'caption'>;
  readonly events: Events;
  readonly telemetry: Telemetry;
  /** What this process captions with. */
  readonly plan: CaptionPlan;
  /** Where the bytes of an image lie. */
  readonly imagePath: (sha256: string) => string;
  readonly batchSize: number;
}

/** A job's caption, for whoever asked for it. */
interface Captioned extends Outcome {
  readonly id: string;
  readonly imageSha256: string;
  readonly result: CaptionResult;
  readonly cause: Cause | undefined;
}

/** The caption queue's work. At most three batches are in flight: one runs, one waits, one is on its way. */
export function captionJob(deps: CaptionJobDeps): JobKind<'caption'> {
  const { db, queue, inference, events, plan } = deps;
  const settle = commitTogether<Captioned, boolean>({ pool: db.pool, queue }, 'caption', async (client, captioned) => {
    const written = await completeCaptions(client, captioned);
    const fresh = captioned.filter(({ id }) => written.has(id));
    const jobs = fresh.map(({ imageSha256, cause }) => ({ data: { imageSha256 }, key: imageSha256, cause }));
    await queue.add('embed', jobs, client);
    return captioned.map(({ id }) => written.has(id));
  });
  return {
    name: 'caption',
    capacity: 3 * deps.batchSize,
    refill: deps.batchSize,
    async run(data, complete) {
      if ('imageSha256' in data) {
        // It came in where the model was not known: the row is made here, and a job for it.
        await withTransaction(db.pool, async (client) => {
          await requestCaptions({ client, queue }, [data.imageSha256], { plan });
          await complete(client);
        });
        queue.wake('caption');
        return;
      }
      const work = await captionWork(db.prisma, data.captionId);
      if (work === null || work.status !== 'PENDING') return;
      if (work.modelDigest !== plan.modelDigest || work.adapterDigest !== plan.adapterDigest) {
        // Asked of a model that is no longer here. It said nothing, so nothing is lost: the present one is asked the same.
        await withTransaction(db.pool, async (client) => {
          await client.query(`DELETE FROM captions WHERE id = $1 AND status = 'PENDING'`, [work.id]);
          const present = { digest: plan.modelDigest, adapterDigest: plan.adapterDigest };
          const same = captionPlan(present, { prompt: work.prompt, ...work.options });
          await requestCaptions({ client, queue }, [work.imageSha256], { plan: same });
          await complete(client);
        });
        queue.wake('caption');
        return;
      }
      const result = await inference.caption({
        image: { path: deps.imagePath(work.imageSha256) },
        options: { prompt: work.prompt, ...work.options },
        rank: 'backlog',
      });
      if (result.modelDigest !== work.modelDigest || result.adapterDigest !== work.adapterDigest) {
        throw new AppError('INFERENCE_UNAVAILABLE', 'the model changed while the worker ran; restart the worker', {
          retryable: true,
        });
      }
      const { id, imageSha256 } = work;
      const first = await settle({ id, imageSha256, result, cause: currentCause(), complete });
      if (!first) return;
      deps.telemetry.metrics.count('hotlens_captions_total', {});
      queue.wake('embed');
      await events.publish({ type: 'captionCompleted', captionId: id, imageSha256 });
    },
    async failed(client, data, failure) {
      if ('captionId' in data) await failCaption(client, data.captionId, failure);
    },
  };
}
