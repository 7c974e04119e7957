// Posts that are older than they are kept do not come in: they would be erased at once.
import { KEEP_ALL, keptFor, type Retention } from '../retention.js';
import type { CanonicalPost } from './canonicalPost.js';
import type { Rejection } from './importRow.js';

const HOUR = 3_600_000;

/** The rejection of a post that is too old, with nothing of its row; null where it is kept. */
export function refuseOld(place: number, post: CanonicalPost, retention: Retention = KEEP_ALL): Rejection | null {
  const ms = keptFor(retention, post.source);
  if (ms === null || Date.now() - post.postedAt.getTime() <= ms) return null;
  const span = ms % (24 * HOUR) === 0 ? `${ms / (24 * HOUR)} days` : `${ms / HOUR} hours`;
  return {
    place,
    reason: `postedAt: posts of ${post.source} are kept for ${span} (HOTLENS_RETENTION), this one is older`,
    excerpt: '',
  };
}
