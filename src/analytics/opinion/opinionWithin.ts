// Public opinion among some posts as a whole: where it stands, whether it turned, whether there are camps.
import { type Camps, campsOf } from './camps.js';
import { OPINION } from './opinion.js';
import { type OpinionBar, type OpinionPost, opinionTimeline, voicesOf } from './timeline.js';
import { type Turn, turnOf } from './turn.js';

export interface OpinionWithin {
  /** All as one bar from the first post to the last, without the posts; null: there are none. */
  readonly whole: Omit<OpinionBar, 'postIds'> | null;
  readonly turn: Turn | null;
  readonly camps: Camps | null;
}

/** Of posts in the order of time. */
export function opinionWithin(posts: readonly OpinionPost[]): OpinionWithin {
  const voices = voicesOf(posts);
  return { whole: wholeOf(posts), turn: turnOf(voices), camps: campsOf(voices.map(({ score }) => score)) };
}

function wholeOf(posts: readonly OpinionPost[]): OpinionWithin['whole'] {
  const [first, last] = [posts[0], posts.at(-1)];
  if (first === undefined || last === undefined) return null;
  const together = posts.map((post) => ({ ...post, at: 0 }));
  const [{ postIds: _, ...bar }] = opinionTimeline(together, { length: 1, bound: OPINION }) as [OpinionBar];
  return { ...bar, from: first.at, to: last.at + 1 };
}
