// Embeds the shown caption of one image, and anew when a person's edit changed it.
import DataLoader from 'dataloader';
import {
  type CaptionEmbedding,
  type EmbeddingWork,
  embeddingWork,
  storeCaptionEmbeddings,
} from '../db/captionEmbedding.js';
import type { Database } from '../db/database.js';
import type { Inference } from '../inference/inference.js';
import { type Cause, currentCause } from '../telemetry/cause.js';
import { commitTogether, type Outcome } from './commitTogether.js';
import { DETECT, MAP, type Queue } from './queue.js';
import type { JobKind } from './runQueue.js';

export interface EmbedJobDeps {
  readonly db: Pick<Database, 'pool'>;
  readonly queue: Queue;
  readonly inference: Pick<Inference, 'embedText'>;
  /** Digest of the embedder that this process runs. */
  readonly modelDigest: string;
  readonly batchSize: number;
}

/** A job's vector, for whoever asked for it. */
interface Embedded extends CaptionEmbedding, Outcome {
  readonly cause: Cause | undefined;
}

/** The embed queue's work. */
export function embedJob({ db, queue, inference, modelDigest, batchSize }: EmbedJobDeps): JobKind<'embed'> {
  const works = new DataLoader<string, EmbeddingWork | undefined>(
    async (sha256s) => {
      const found = await embeddingWork(db.pool, sha256s, modelDigest);
      return sha256s.map((sha256) => found.get(sha256));
    },
    { cache: false },
  );

  const settle = commitTogether<Embedded, boolean>({ pool: db.pool, queue }, 'embed', async (client, embedded) => {
    const sha256s = embedded.map(({ sha256 }) => sha256);
    const now = await embeddingWork(client, sha256s, modelDigest);
    // Where it was edited meanwhile, the vector is of words that are no longer shown.
    const isShown = ({ sha256, text }: Embedded) => now.get(sha256)?.shown === text;
    // Two jobs of an image may run beside each other; what they have of the same text is the same.
    const shown = new Map(embedded.filter(isShown).map((one) => [one.sha256, one]));
    const again = embedded.filter((one) => !isShown(one));
    await queue.add(
      'embed',
      again.map(({ sha256, cause }) => ({ data: { imageSha256: sha256 }, key: sha256, cause })),
      client,
    );
    if (shown.size > 0) {
      await storeCaptionEmbeddings(client, [...shown.values()]);
      await queue.add('detect', [DETECT], client);
      await queue.add('map', [MAP], client);
    }
    return embedded.map(isShown);
  });

  return {
    name: 'embed',
    // A vector takes the model less than a statement takes the database: many are written together.
    capacity: 8 * batchSize,
    refill: 4 * batchSize,
    async run({ imageSha256 }, complete) {
      const work = await works.load(imageSha256);
      const text = work?.shown ?? '';
      // A caption that is only white space has nothing to say; an embedder would still give it a place among the others.
      if (text.trim() === '' || work?.embedded === text) return;
      const embedding = await inference.embedText(text);
      await settle({ sha256: imageSha256, text, embedding, cause: currentCause(), complete });
      queue.wake('detect');
    },
  };
}
