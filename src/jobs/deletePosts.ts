// Posts out: rows in transactions of bounded size, then the bytes, and detection is told.

import type { Services } from '../context.js';
import { ERASED_AT_ONCE, erasePosts } from '../db/erasure/erasePosts.js';
import type { PostIdentity } from '../db/erasure/tombstones.js';
import type { DeletionReason } from '../db/generated/client.js';
import { retryTransaction } from '../db/retryTransaction.js';
import { purgeImages } from '../ingest/purgeImages.js';
import { sweepReports } from '../reports/sweepReports.js';
import { DELIVER, DETECT } from './queue.js';

export interface Deletion {
  readonly ids?: readonly string[];
  readonly identities?: readonly PostIdentity[];
  readonly reason: DeletionReason;
}

export interface Deleted {
  /** Posts that were there. */
  readonly posts: number;
  /** Pictures whose bytes are gone. */
  readonly images: number;
  /** New tombstones. */
  readonly tombstones: number;
}

/**
 * Erases the posts and all that is known through them alone. Each post goes wholly or stays wholly, whatever ends the process; done
 * again, it goes on. A file that cannot be deleted now is logged, and tried again by maintenance.
 */
export async function deletePosts(
  { config, db, queue, media, log }: Pick<Services, 'config' | 'db' | 'queue' | 'media' | 'log'>,
  { ids = [], identities = [], reason }: Deletion,
): Promise<Deleted> {
  let posts = 0;
  let tombstones = 0;
  for (const part of [
    ...cut(ids).map((some) => ({ ids: some })),
    ...cut(identities).map((some) => ({ identities: some })),
  ]) {
    const erasure = await retryTransaction(db.pool, async (client) => {
      const done = await erasePosts(client, { ...part, reason });
      if (done.posts > 0) await queue.add('detect', [DETECT], client);
      if (done.redone > 0) await queue.add('deliver', [DELIVER], client);
      return done;
    });
    posts += erasure.posts;
    tombstones += erasure.tombstones;
  }
  if (posts > 0) queue.wake('detect');
  queue.wake('deliver');
  const { erased, failed } = await purgeImages({ pool: db.pool, media: media.store });
  if (failed.length > 0) log.warn({ failed: failed.slice(0, 10) }, 'pictures could not be deleted; they will be');
  if (posts > 0) await sweepReports({ pool: db.pool, config });
  return { posts, images: erased, tombstones };
}

function cut<T>(items: readonly T[]): (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / ERASED_AT_ONCE) }, (_, i) =>
    items.slice(i * ERASED_AT_ONCE, (i + 1) * ERASED_AT_ONCE),
  );
}
