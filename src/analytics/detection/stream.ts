// The posts that detection still looks at, by time and by number, and the background that they make.

import { type Coverage, coverageOf } from './coverage.js';
import type { Background } from './explain.js';
import type { Hotspot } from './hotspot.js';
import { createKernels, type Kernels } from './kernels.js';
import { keepNeighbours } from './neighbours.js';
import { type Post, SPACES, type Space, type StreamPost } from './post.js';
import { createRate } from './rates.js';
import { sharpnessOf } from './sharpness.js';
import { HOUR, type Tuning } from './tuning.js';
import { createVectors, type Vectors } from './vectors.js';
import { createVocabulary, type Word } from './vocabulary.js';
import { wordsOf } from './wordsOf.js';
import { WORD_DIMENSION, wordVector } from './wordVector.js';

export interface Stream extends Background {
  readonly vectors: Vectors;
  readonly kernels: Kernels;
  /** Takes posts in, in their order. */
  add(posts: readonly StreamPost[], each: (post: Post) => void): Promise<void>;
  /** Finds how sharp the kernels have to be, once there are posts enough; true where one has changed. */
  sharpen(): Promise<boolean>;
  /** Posts of a time or later, the newest first. */
  since(at: number): Post[];
  /** Makes a post a member of a hotspot, or of the background. */
  move(post: Post, hotspot: Hotspot | null): void;
  /** Forgets posts from before a time. */
  forget(before: number): void;
  /** When the stream was there, as of the last `settle`. */
  readonly coverage: Coverage;
  /** Counts anew what is usual: how many posts there are, and how rare their words. */
  settle(now: number): void;
}

export async function createStream(dimension: number, tuning: Tuning): Promise<Stream> {
  const vectors = await createVectors({ model: dimension, words: WORD_DIMENSION });
  const kernels = createKernels(vectors, tuning);
  const vocabulary = createVocabulary();
  const rate = createRate(tuning);
  const found = new Set<Space>();
  /** By time, the newest last. */
  let posts: Post[] = [];
  const byNumber = new Map<number, Post>();
  const stream: { -readonly [key in keyof Stream]: Stream[key] } = {
    vectors,
    kernels,
    vocabulary,
    tuning,
    rate,
    usualRate: 10,
    coverage: coverageOf([], 0),
    async add(arrived, each) {
      const made = arrived.map(read);
      const rows = await vectors.rows(made.map(({ number }) => number));
      const { first } = vectors;
      for (const [i, post] of made.entries()) {
        post.cosines = { first, row: rows[i]!.subarray(0, post.number + 1 - first) };
        place(post);
        insert(post);
        each(post);
      }
    },
    async sharpen() {
      const { least, most, rows: asked } = tuning.sharpnessPosts;
      let changed = false;
      for (const space of SPACES) {
        const sample = posts.filter((post) => post.space === space).slice(-most);
        if (found.has(space) || sample.length < least) continue;
        found.add(space);
        const every = Math.ceil(sample.length / asked);
        const chosen = sample.filter((_, i) => i % every === 0);
        const rows = await vectors.rows(chosen.map(({ number }) => number));
        kernels.sharpness[space] = sharpnessOf(
          chosen.map(({ piece }, i) =>
            Float32Array.from(
              sample.filter((other) => other.piece !== piece),
              (other) => rows[i]![other.number - vectors.first]!,
            ),
          ),
        );
        for (const [i, post] of sample.entries()) if (i >= 0) await replace(post);
        changed = true;
      }
      return changed;
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
      vectors.drop(oldest ?? vectors.size);
    },
    settle(now) {
      this.coverage = coverageOf(
        posts.slice(firstSince(now - tuning.history * HOUR)).map(({ at }) => at),
        now,
      );
      const hours = Math.min(tuning.densityHours, this.coverage.hours);
      const background = this.since(now - tuning.densityHours * HOUR).filter(({ hotspot }) => hotspot === null);
      this.usualRate = (background.length / Math.max(1, hours)) * tuning.rateHours;
      vocabulary.settle();
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

  /** A post as it is kept, before it is compared with others. */
  function read({ id, at, author, picture, text, caption, vector }: StreamPost): Post {
    const captionWords = wordsOf(caption).map((word) => vocabulary.word('caption', word));
    const textWords = wordsOf(text).map((word) => vocabulary.word('text', word));
    const said = captionWords.length > 0 ? captionWords : textWords;
    const space = vector !== null ? 'model' : said.length > 0 ? 'words' : null;
    const made = vector ?? wordVector(said.map((word) => ({ word: word.word, weight: weightOf(word) })));
    return {
      number: vectors.add(space, made),
      id,
      at,
      author,
      piece: picture ?? `text:${wordsOf(text).join(' ')}`,
      space,
      captionWords,
      textWords,
      density: 1,
      neighbours: keepNeighbours({ captionWords, textWords }, []),
      cosines: null,
      hotspot: null,
      evidence: 0,
      refusedAt: Number.NEGATIVE_INFINITY,
    };
  }

  /** Finds the density at a post, and its neighbours. */
  function place(post: Post): void {
    const { space, cosines } = post;
    if (space === null) return;
    const { densityPrior } = tuning;
    let [mass, weight] = [densityPrior.kernel * densityPrior.posts, densityPrior.posts];
    const near: { kernel: number; post: Post }[] = [];
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
    post.density = mass / weight;
    post.neighbours = keepNeighbours(post, nearestPieces(near, tuning.nearKept));
  }

  async function replace(post: Post): Promise<void> {
    const before = post.cosines;
    if (before === null) {
      const [row] = await vectors.rows([post.number]);
      post.cosines = { first: vectors.first, row: row! };
    }
    place(post);
    post.cosines = before;
  }

  /** How much a word says: the rarer the more. */
  function weightOf(word: Word): number {
    return Math.max(0.1, vocabulary.rarity(word) - 2);
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
