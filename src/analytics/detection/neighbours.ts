// What a post's nearest earlier posts say of its words: an everyday topic is explained by the posts that it always has, however
// rare its words are in the stream as a whole.
import type { Post } from './post.js';
import type { Tuning } from './tuning.js';
import { HOUR } from './tuning.js';
import type { Word } from './vocabulary.js';

/** Near earlier posts, the nearest first, as columns. */
export interface Neighbours {
  readonly kernels: Float32Array;
  readonly times: Float64Array;
  /** How many words the caption and the text of each have. */
  readonly captionSizes: Uint8Array;
  readonly textSizes: Uint8Array;
  /** Words of the post that neighbour i has too, places in caption and then text: shared[starts[i]] ... shared[starts[i + 1] - 1]. */
  readonly starts: Uint16Array;
  readonly shared: Uint8Array;
  /** By the time before which they count: what was asked before. */
  readonly asked: Map<number, LocalWords>;
}

/** How likely the near posts make each word of a post: q(word) = rest * usual(word) + local. */
export interface LocalWords {
  readonly captionRest: number;
  readonly caption: Float64Array;
  readonly textRest: number;
  readonly text: Float64Array;
}

/** Keeps `near`, the nearest first, as the neighbours of a post with these words. */
export function keepNeighbours(
  { captionWords, textWords }: Pick<Post, 'captionWords' | 'textWords'>,
  near: readonly { readonly kernel: number; readonly post: Post }[],
): Neighbours {
  const places = new Map<Word, number>();
  for (const word of captionWords) places.set(word, places.size);
  for (const word of textWords) if (places.size < 256) places.set(word, places.size);
  const starts = new Uint16Array(near.length + 1);
  const shared: number[] = [];
  for (const [index, { post }] of near.entries()) {
    for (const words of [post.captionWords, post.textWords])
      for (const word of words) {
        const place = places.get(word);
        if (place !== undefined) shared.push(place);
      }
    starts[index + 1] = shared.length;
  }
  return {
    kernels: Float32Array.from(near, ({ kernel }) => kernel),
    times: Float64Array.from(near, ({ post }) => post.at),
    captionSizes: Uint8Array.from(near, ({ post }) => Math.min(255, post.captionWords.length)),
    textSizes: Uint8Array.from(near, ({ post }) => Math.min(255, post.textWords.length)),
    starts,
    shared: Uint8Array.from(shared),
    asked: new Map(),
  };
}

/** What the near posts from before a hotspot (since when it is) say of a post's words. */
export function localWords(post: Post, since: number, tuning: Tuning): LocalWords {
  const { kernels, times, captionSizes, textSizes, starts, shared, asked } = post.neighbours;
  const before = since - tuning.olderThanHotspot * HOUR;
  let last = -1;
  let used = 0;
  let skipped = false;
  for (let i = 0; i < kernels.length && used < tuning.nearUsed; i += 1) {
    if (times[i]! > before) {
      skipped = true;
      continue;
    }
    used += 1;
    last = i;
  }
  // Most posts are younger than no hotspot's beginning: all these share one answer.
  const key = skipped ? since : Number.POSITIVE_INFINITY;
  const known = asked.get(key);
  if (known !== undefined) return known;
  const captions = post.captionWords.length;
  const sums = new Float64Array(captions + post.textWords.length);
  let [mass, captionMass, textMass] = [0, 0, 0];
  for (let i = 0; i <= last; i += 1) {
    if (times[i]! > before) continue;
    const kernel = kernels[i]!;
    mass += kernel;
    captionMass += kernel * captionSizes[i]!;
    textMass += kernel * textSizes[i]!;
    for (let s = starts[i]!; s < starts[i + 1]!; s += 1) sums[shared[s]!]! += kernel;
  }
  const share = mass / (mass + tuning.nearMass);
  const textShare = tuning.nearText * share;
  const made: LocalWords = {
    captionRest: 1 - share,
    caption: sums.subarray(0, captions).map((sum) => (share * sum) / (captionMass + 1e-9)),
    textRest: 1 - textShare,
    text: sums.subarray(captions).map((sum) => (textShare * sum) / (textMass + 1e-9)),
  };
  asked.set(key, made);
  return made;
}
