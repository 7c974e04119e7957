// Embeds the shown caption of one image, and anew when a person's edit changed it.
import { embeddedText, storeCaptionEmbedding } from '../db/captionEmbedding.js';
import type { Database } from '../db/database.js';
import { shownText } from '../db/shownText.js';
import { withTransaction } from '../db/withTransaction.js';
import type { Inference } from '../inference/inference.js';
import { DETECT, MAP, type Queue } from './queue.js';
import type { JobKind } from './runQueue.js';

export interface EmbedJobDeps {
  readonly db: Pick<Database, 'prisma' | 'pool'>;
  readonly queue: Queue;
  readonly inference: Pick<Inference, 'embedText'>;
  /** Digest of the embedder that this process runs. */
  readonly modelDigest: string;
  readonly batchSize: number;
}

/** The embed queue's work. */
export function embedJob({ db, queue, inference, modelDigest, batchSize }: EmbedJobDeps): JobKind<'embed'> {
  return {
    name: 'embed',
    capacity: 2 * batchSize,
    refill: batchSize,
    async run({ imageSha256 }, complete) {
      const text = await shownText(db.pool, imageSha256);
      // A caption that is only white space has nothing to say; an embedder would still give it a place among the others.
      if (text === null || text.trim() === '') return;
      if ((await embeddedText(db.prisma, imageSha256, modelDigest)) === text) return;
      const embedding = await inference.embedText(text);
      await withTransaction(db.pool, async (client) => {
        await complete(client);
        if ((await shownText(client, imageSha256)) !== text) {
          // Edited meanwhile: this vector is of words that are no longer shown.
          await queue.add('embed', [{ data: { imageSha256 }, key: imageSha256 }], client);
          return;
        }
        await storeCaptionEmbedding(client, { sha256: imageSha256, text, embedding });
        await queue.add('detect', [DETECT], client);
        await queue.add('map', [MAP], client);
      });
      queue.wake('detect');
    },
  };
}
