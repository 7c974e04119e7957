// A hotspot: posts that belong together, what they say, and what became of it.
import type { Usual } from './expectation.js';
import type { KernelSums, Kernels } from './kernels.js';
import type { Post } from './post.js';
import { createRate, type Rate } from './rates.js';
import { HOUR, type Tuning } from './tuning.js';
import { NOTHING_SAID, type Past, type Word } from './vocabulary.js';

export interface Hotspot {
  readonly id: string;
  /** Since when it is: the hour of its first posts, of its earlier life too. */
  since: number;
  /** What had been said before it. */
  past: Past;
  /** When it was found. */
  found: number;
  /** When it, or the first of those that are part of it, was found. */
  born: number;
  state: 'tried' | 'living' | 'ended' | 'merged';
  /** A person has set it apart: it becomes part of another by a person's word alone. */
  apart: boolean;
  /** Its earlier life, which had ended. */
  earlier: Hotspot | null;
  readonly members: Set<Post>;
  /** Time of the newest member. */
  last: number;
  /** Posts of earlier days that it would have taken: what is usual for it. */
  usual: Usual;
  /** Evidence from which a post of an earlier day would have been taken, in levels. */
  levels: readonly number[];
  score: number;
  /** Its strength when it was last told of (life.ts). */
  told: number;
  /** Members that it has had and that are forgotten. */
  forgotten: number;

  // What its core members say, as of `refreshed`.
  refreshed: number;
  /** By word: uses, fading with age; and their sums. */
  counts: Float64Array;
  captionMass: number;
  textMass: number;
  phraseMass: number;
  rate: Rate;
  readonly kernels: KernelSums;
}

export function createHotspot(
  id: string,
  now: number,
  { kernels, tuning }: { kernels: Kernels; tuning: Tuning },
): Hotspot {
  return {
    id,
    since: now,
    past: NOTHING_SAID,
    found: now,
    born: now,
    state: 'tried',
    apart: false,
    earlier: null,
    members: new Set(),
    last: now,
    usual: { posts: [], from: now, until: now },
    levels: [],
    score: 0,
    told: 0,
    forgotten: 0,
    refreshed: now,
    counts: new Float64Array(0),
    captionMass: 0,
    textMass: 0,
    phraseMass: 0,
    rate: createRate(tuning),
    kernels: kernels.empty(),
  };
}

/** How much a member's words count at a time. */
export function fading(post: Post, now: number, { fadeHours }: Tuning): number {
  return Math.exp(-(now - post.at) / HOUR / fadeHours);
}

/** Members, the newest first. */
export function newestFirst(members: Iterable<Post>): Post[] {
  return [...members].sort((a, b) => b.at - a.at || b.number - a.number);
}

/**
 * Reads anew what the members say: the sure ones alone (core), for whatever is taken in on weak evidence would draw the next
 * after it, until the hotspot is about everything.
 */
export async function refresh(
  hotspots: readonly Hotspot[],
  now: number,
  { kernels, tuning, capacity }: { kernels: Kernels; tuning: Tuning; capacity: number },
): Promise<void> {
  await kernels.update(hotspots.map((hotspot) => ({ sums: hotspot.kernels, exemplars: reread(hotspot) })));

  function reread(hotspot: Hotspot): Map<string, Post> {
    hotspot.refreshed = now;
    hotspot.rate = createRate(tuning);
    hotspot.captionMass = 0;
    hotspot.textMass = 0;
    hotspot.phraseMass = 0;
    if (hotspot.counts.length < capacity) hotspot.counts = new Float64Array(Math.ceil(capacity / 4096 + 1) * 4096);
    else hotspot.counts.fill(0);
    const exemplars = new Map<string, Post>();
    const members = newestFirst(hotspot.members);
    hotspot.last = members[0]?.at ?? hotspot.last;
    for (const post of members) {
      if (now - post.at > tuning.shapeHours * HOUR) break;
      hotspot.rate.add(post.at, 1);
      if (post.evidence >= tuning.core) learn(post, fading(post, now, tuning));
    }
    if (hotspot.earlier !== null)
      for (const post of newestFirst(hotspot.earlier.members)) if (post.evidence >= tuning.core) learn(post, 0.5);
    return exemplars;

    function learn(post: Post, weight: number): void {
      for (const word of post.captionWords) hotspot.counts[word.index]! += weight;
      for (const word of post.textWords) hotspot.counts[word.index]! += weight;
      for (const word of post.whole) hotspot.counts[word.index]! += weight;
      hotspot.captionMass += weight * post.captionWords.length;
      hotspot.textMass += weight * post.textWords.length;
      hotspot.phraseMass += weight * post.whole.length;
      if (post.space !== null && exemplars.size < tuning.exemplars && !exemplars.has(post.piece))
        exemplars.set(post.piece, post);
    }
  }
}

/** Uses of a word by the hotspot. */
export function uses(hotspot: Hotspot, word: Word): number {
  return hotspot.counts[word.index] ?? 0;
}
