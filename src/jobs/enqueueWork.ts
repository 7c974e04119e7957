// What ingest found to do becomes rows and jobs, in ingest's own transaction.
import type { EnqueueWork } from '../ingest/enqueue.js';
import type { CaptionPlan } from './captionPlan.js';
import { DETECT_SOON, type Queue } from './queue.js';
import { requestCaptions } from './requestCaptions.js';

/**
 * The function that ingest calls. Where this process knows the model (`plan`), caption rows are made PENDING with their
 * jobs; where it does not (a file is ingested from the command line), the worker that takes the job makes the row.
 */
export function enqueueWork(queue: Queue, plan: () => CaptionPlan | undefined): EnqueueWork {
  return async (client, { fetch, caption }) => {
    await queue.add(
      'fetch',
      fetch.map((postImageId) => ({ data: { postImageId }, key: postImageId })),
      client,
    );
    // Posts without pictures are ready at once.
    await queue.add('detect', [DETECT_SOON], client);
    const known = plan();
    if (known !== undefined) {
      await requestCaptions({ client, queue }, caption, { plan: known });
      return;
    }
    // An image that any model has captioned already is not asked about again only because a post repeats it.
    const { rows } = await client.query<{ sha256: string }>(
      `SELECT new.sha256 FROM unnest($1::bpchar[]) AS new (sha256)
       WHERE NOT EXISTS (SELECT FROM captions c WHERE c.image_sha256 = new.sha256)`,
      [caption],
    );
    await queue.add(
      'caption',
      rows.map(({ sha256 }) => ({ data: { imageSha256: sha256 }, key: sha256 })),
      client,
    );
  };
}
