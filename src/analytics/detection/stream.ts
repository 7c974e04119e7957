// The posts that detection still looks at, by time and by number, and the background that they make.

import { type ExactProducts, exactProducts } from './exactProducts.js';
import type { Background } from './explain.js';
import type { Hotspot } from './hotspot.js';
import { createKernels, type Kernels } from './kernels.js';
import { keepNeighbours } from './neighbours.js';
import type { Post, StreamPost } from './post.js';
import { createRate } from './rates.js';
import { HOUR, type Tuning } from './tuning.js';
import { createVocabulary } from './vocabulary.js';
import { wordsOf } from './wordsOf.js';

export interface Stream extends Background {
  readonly products: ExactProducts;
  readonly kernels: Kernels;
  /** Takes posts in, in their order. */
  add(posts: readonly StreamPost[], each: (post: Post) => void): Promise<void>;
  /** Posts of a time or later, the newest first. */
  since(at: number): Post[];
  /** Makes a post a member of a hotspot, or of the background. */
  move(post: Post, hotspot: Hotspot | null): void;
  /** Forgets posts from before a time. */
  forget(before: number): void;
  /** Counts anew how many posts there usually are. */
  countUsual(now: number, start: number): void;
}

export async function createStream(dimension: number, tuning: Tuning): Promise<Stream> {
  const products = await exactProducts(dimension);
  const kernels = createKernels(products, tuning);
  const vocabulary = createVocabulary();
  const rate = createRate(tuning);
  /** By time, the newest last. */
  let posts: Post[] = [];
  const byNumber = new Map<number, Post>();
  const prior = {
    mass: kernels.of(tuning.densityPrior.cosine) * tuning.densityPrior.posts,
    posts: tuning.densityPrior.posts,
  };

  const stream: Stream = {
    products,
    kernels,
    vocabulary,
    tuning,
    rate,
    usualRate: 10,
    async add(arrived, each) {
      const numbers = arrived.map(({ vector }) => products.add(vector));
      const rows = await products.rows(numbers);
      for (const [i, post] of arrived.entries()) {
        const made = read(post, numbers[i]!, rows[i]!);
        insert(made);
        each(made);
      }
    },
    since(at) {
      return posts.slice(firstSince(at)).reverse();
    },
    move(post, hotspot) {
      if (post.hotspot === hotspot) return;
      if (post.hotspot === null) count(post, -1);
      else post.hotspot.members.delete(post);
      if (hotspot === null) count(post, 1);
      else hotspot.members.add(post);
      post.hotspot = hotspot;
    },
    forget(before) {
      const end = firstSince(before);
      for (const post of posts.slice(0, end)) {
        const tenths = post.hotspot === null ? 10 : tuning.keptTenths;
        for (const words of [post.captionWords, post.textWords]) {
          vocabulary.count(words, -tenths);
          vocabulary.release(words, post.number);
        }
        byNumber.delete(post.number);
      }
      posts = posts.slice(end);
      const [oldest] = byNumber.keys();
      products.drop(oldest ?? products.size);
    },
    countUsual(now, start) {
      const hours = Math.min(tuning.densityHours, (now - start) / HOUR);
      const background = this.since(now - tuning.densityHours * HOUR).filter(({ hotspot }) => hotspot === null);
      this.usualRate = (background.length / Math.max(1, hours)) * tuning.rateHours;
    },
  };
  return stream;

  /** A post leaves (-1) or enters (1) the background. */
  function count(post: Post, sign: 1 | -1): void {
    for (const words of [post.captionWords, post.textWords]) vocabulary.count(words, sign * (10 - tuning.keptTenths));
    rate.add(post.at, sign);
  }

  function firstSince(at: number): number {
    let [low, high] = [0, posts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (posts[middle]!.at < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function insert(post: Post): void {
    byNumber.set(post.number, post);
    let place = posts.length;
    while (place > 0 && posts[place - 1]!.at > post.at) place -= 1;
    posts.splice(place, 0, post);
    rate.add(post.at, 1);
    for (const words of [post.captionWords, post.textWords]) {
      vocabulary.use(words, post.number);
      vocabulary.count(words, 10);
    }
  }

  function read(post: StreamPost, number: number, cosines: Float32Array): Post {
    const { first } = products;
    const row = cosines.subarray(0, number + 1 - first);
    const captionWords = wordsOf(post.caption).map((word) => vocabulary.word('caption', word));
    const textWords = wordsOf(post.text).map((word) => vocabulary.word('text', word));
    let [mass, weight] = [prior.mass, prior.posts];
    const near: { kernel: number; post: Post }[] = [];
    const kept = tuning.keptTenths / 10;
    for (let place = posts.length - 1; place >= 0; place -= 1) {
      const other = posts[place]!;
      if (other.at < post.at - tuning.densityHours * HOUR) break;
      const kernel = kernels.of(row[other.number - first]!);
      const share = other.hotspot === null ? 1 : kept;
      mass += kernel * share;
      weight += share;
      if (
        kernel * share > tuning.nearKernel &&
        other.hotspot === null &&
        post.at - other.at > tuning.olderThanPost * HOUR
      )
        near.push({ kernel, post: other });
    }
    near.sort((a, b) => b.kernel - a.kernel || b.post.number - a.post.number);
    return {
      number,
      id: post.id,
      at: post.at,
      author: post.author,
      piece: post.picture ?? `text:${wordsOf(post.text).join(' ')}`,
      hasVector: post.vector !== null,
      captionWords,
      textWords,
      density: mass / weight,
      neighbours: keepNeighbours({ captionWords, textWords }, nearestPieces(near, tuning.nearKept)),
      cosines: { first, row },
      hotspot: null,
      evidence: 0,
      refusedAt: Number.NEGATIVE_INFINITY,
    };
  }
}

/** The first posts that show different pieces of evidence. */
function nearestPieces<T extends { readonly post: Post }>(near: readonly T[], most: number): T[] {
  const pieces = new Set<string>();
  const kept: T[] = [];
  for (const each of near) {
    if (pieces.has(each.post.piece)) continue;
    pieces.add(each.post.piece);
    kept.push(each);
    if (kept.length === most) break;
  }
  return kept;
}
