// Where a new post stands among the posts before it: how dense the background is there, and which of them are near.
import type { Kernels } from './kernels.js';
import type { Post } from './post.js';
import { HOUR, type Tuning } from './tuning.js';

export interface Near {
  readonly kernel: number;
  readonly post: Post;
}

/**
 * The density of the background at a post, and the nearest earlier posts that show different things, the nearest first. `posts` are all, by time, the newest last;
 * the post's cosines have to be there.
 */
export function standing(
  post: Post,
  posts: readonly Post[],
  { kernels, tuning }: { readonly kernels: Kernels; readonly tuning: Tuning },
): { readonly density: number; readonly near: readonly Near[] } {
  const { space, cosines } = post;
  if (space === null) return { density: 1, near: [] };
  const { densityPrior } = tuning;
  let [mass, weight] = [densityPrior.kernel * densityPrior.posts, densityPrior.posts];
  const near: Near[] = [];
  const kept = tuning.keptTenths / 10;
  for (let index = posts.length - 1; index >= 0; index -= 1) {
    const other = posts[index]!;
    if (other.at < post.at - tuning.densityHours * HOUR) break;
    if (other.space !== space || other.number >= post.number) continue;
    const kernel = kernels.of(cosines!.row[other.number - cosines!.first]!, space);
    const share = other.hotspot === null ? 1 : kept;
    mass += kernel * share;
    weight += share;
    const old = post.at - other.at > tuning.olderThanPost * HOUR;
    if (old && other.hotspot === null && kernel > tuning.nearKernel) near.push({ kernel, post: other });
  }
  near.sort((a, b) => b.kernel - a.kernel || b.post.number - a.post.number);
  return { density: mass / weight, near: nearestPieces(near, tuning.nearKept) };
}

/** The first posts that show different pieces of evidence. */
function nearestPieces(near: readonly Near[], most: number): Near[] {
  const pieces = new Set<string>();
  const kept: Near[] = [];
  for (const each of near) {
    if (pieces.has(each.post.piece)) continue;
    pieces.add(each.post.piece);
    kept.push(each);
    if (kept.length === most) break;
  }
  return kept;
}
