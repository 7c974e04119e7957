// A map in a test's database: pictures with captions and vectors of their own, whose posts are minutes apart.
import { storeCaptionEmbeddings } from '../../src/db/captionEmbedding.js';
import { withTransaction } from '../../src/db/withTransaction.js';
import type { TestServices } from './testServices.js';
import { until } from './until.js';

export interface Mapped {
  readonly text: string;
  readonly vector: Float32Array;
  readonly postedAt: Date;
}

/** Stores the pictures, each in a post of its own; their hashes and the posts' ids, in their order. */
export async function addMapped(
  services: TestServices,
  pictures: readonly Mapped[],
): Promise<{ readonly sha256: string; readonly postId: string }[]> {
  const added: { sha256: string; postId: string }[] = [];
  const { pool } = services.db;
  for (const { text, vector, postedAt } of pictures) {
    const bytes = `${text} ${added.length} ${postedAt.getTime()}`;
    const postId = await services.addPost({ images: [bytes], postedAt });
    const sha256 = await services.addImage(bytes);
    const embedding = { vector, modelDigest: 'test-embedder', known: 1 };
    await withTransaction(pool, (client) => storeCaptionEmbeddings(client, [{ sha256, text, embedding }]));
    added.push({ sha256, postId });
  }
  return added;
}

/** Resolves when the running worker has given every picture its place. */
export async function allPlaced({ db, queue }: TestServices): Promise<void> {
  await queue.add('map', [{ data: {}, key: 'map at once' }]);
  queue.wake('map');
  await until('everything placed', async () => {
    const { rows } = await db.pool.query<{ left: number }>(
      'SELECT count(*)::int AS left FROM map_points WHERE layout = 0',
    );
    return rows[0]!.left === 0;
  });
}
