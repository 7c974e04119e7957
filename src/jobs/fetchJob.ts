// Fetches one picture of a post, stores it by its content, and asks for its caption.
import type { ClientBase } from 'pg';
import type { Database } from '../db/database.js';
import { holdOffErasure } from '../db/erasure/erasureLock.js';
import { noteLostImages } from '../db/erasure/lostImages.js';
import { insertImages } from '../db/upsertPostImages.js';
import { withTransaction } from '../db/withTransaction.js';
import { purgeImages } from '../ingest/purgeImages.js';
import type { Media } from '../media.js';
import type { CaptionPlan } from './captionPlan.js';
import type { Queue } from './queue.js';
import { requestCaptions } from './requestCaptions.js';
import type { JobKind } from './runQueue.js';

export interface FetchJobDeps {
  readonly db: Pick<Database, 'prisma' | 'pool'>;
  readonly queue: Queue;
  readonly media: Media;
  readonly plan: CaptionPlan;
}

/** Downloads at once: enough to hide a slow host, few enough not to be a burden to a fast one or to memory. */
const CONCURRENT_FETCHES = 8;

/** The fetch queue's work. */
export function fetchJob({ db, queue, media, plan }: FetchJobDeps): JobKind<'fetch'> {
  return {
    name: 'fetch',
    capacity: CONCURRENT_FETCHES,
    refill: CONCURRENT_FETCHES / 2,
    async run({ postImageId }, complete) {
      const picture = await db.prisma.postImage.findUnique({ where: { id: postImageId } });
      // Deleted or done meanwhile, or its bytes came with the post.
      if (picture === null || picture.status !== 'PENDING' || picture.url === null) return;
      const bytes = await media.fetch(picture.url);
      const image = await media.keep(bytes);
      const wanted = await withTransaction(db.pool, async (client) => {
        await holdOffErasure(client);
        await complete(client);
        const { rowCount } = await client.query(
          `SELECT FROM post_images WHERE id = $1 AND status = 'PENDING' FOR UPDATE`,
          [postImageId],
        );
        if (rowCount !== 1) {
          // The post is gone, or has another picture there by now: what was stored for it is not to stay.
          await noteLostImages(client, [image.sha256]);
          return false;
        }
        // Gone since it was stored, with the last post that showed it: not again before this ends.
        if (!(await media.store.has(image.sha256))) await media.store.put(bytes);
        await insertImages(client, [image]);
        await client.query(
          `UPDATE post_images SET status = 'STORED', image_sha256 = $2, error = NULL, attempts = attempts + 1 WHERE id = $1`,
          [postImageId, image.sha256],
        );
        await requestCaptions({ client, queue }, [image.sha256], { plan });
        return true;
      });
      if (wanted) queue.wake('caption');
      else await purgeImages({ pool: db.pool, media: media.store });
    },
    failed: (client, { postImageId }, failure) => failPicture(client, postImageId, failure),
  };
}

async function failPicture(
  client: ClientBase,
  id: string,
  { reason, final }: { readonly reason: string; readonly final: boolean },
): Promise<void> {
  await client.query(
    `UPDATE post_images SET attempts = attempts + 1, error = $2,
            status = CASE WHEN $3::boolean THEN 'FAILED'::"MediaStatus" ELSE status END
     WHERE id = $1 AND status = 'PENDING'`,
    [id, reason, final],
  );
}
