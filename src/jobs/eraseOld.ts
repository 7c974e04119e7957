// What is older than it is kept, out.
import type { Services } from '../context.js';
import { ERASED_AT_ONCE } from '../db/erasure/erasePosts.js';
import { eraseOldHistory } from '../db/erasure/oldHistory.js';
import { expiredPosts } from '../db/erasure/postsToErase.js';
import { longestKept, type Retention } from '../retention.js';
import { deletePosts } from './deletePosts.js';

/** Posts erased in one run: a large backlog goes in several, and does not hold up what else maintenance does. */
const MOST = 20 * ERASED_AT_ONCE;

/** Erases a bounded number of posts that are too old, and what is told of those that are gone. Resolves to whether more are left. */
export async function eraseOld(
  services: Pick<Services, 'config' | 'db' | 'queue' | 'media' | 'log'>,
  retention: Retention,
): Promise<boolean> {
  const { db, log } = services;
  let posts = 0;
  let images = 0;
  let left = true;
  while (left && posts < MOST) {
    const ids = await expiredPosts(db.pool, retention, ERASED_AT_ONCE);
    const deleted = await deletePosts(services, { ids, reason: 'RETENTION' });
    posts += deleted.posts;
    images += deleted.images;
    left = ids.length === ERASED_AT_ONCE;
  }
  const longest = longestKept(retention);
  const history = longest === null ? {} : await eraseOldHistory(db.pool, longest);
  const erased = { posts, images, ...history };
  if (Object.values(erased).some((count) => count > 0)) log.info(erased, 'erased what is older than it is kept');
  return left;
}
