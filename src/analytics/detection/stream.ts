// The posts that detection still looks at, by time and by number, and the background that they make.
import { createHash } from 'node:crypto';
import { standing } from './background.js';
import { type Copies, createCopies } from './copies.js';
import { type Coverage, coverageOf } from './coverage.js';
import type { Background } from './explain.js';
import { firstFrom } from './firstFrom.js';
import type { Hotspot } from './hotspot.js';
import { createKernels, type Kernels } from './kernels.js';
import { keepNeighbours } from './neighbours.js';
import { type Post, SPACES, type Space, type Standing, type StreamPost } from './post.js';
import { createRate } from './rates.js';
import { sharpnessOf } from './sharpness.js';
import { HOUR, type Tuning } from './tuning.js';
import { createVectors, type Vectors } from './vectors.js';
import { createVocabulary, NOTHING_SAID, type Past, type Word } from './vocabulary.js';
import { wordsOf } from './wordsOf.js';
import { WORD_DIMENSION, wordVector } from './wordVector.js';

export interface Stream extends Background {
  readonly vectors: Vectors;
  readonly kernels: Kernels;
  /** When the stream was there, as of the last `settle`. */
  readonly coverage: Coverage;
  /** Spaces whose kernels have been found, and of how many posts. */
  readonly sharpened: Map<Space, number>;
  /** Posts that are new or no longer what they were, since this was last emptied. */
  readonly changed: Set<Post>;
  /** Takes posts in, in their order. */
  add(posts: readonly StreamPost[], each: (post: Post) => void): Promise<void>;
  /** Takes a post in again as it was, with what it was found to be when it arrived. */
  addAgain(post: StreamPost, standing: Standing): Post;
  /** Finds how sharp the kernels have to be, once there are posts enough; true where one has changed. */
  sharpen(): Promise<boolean>;
  /** Posts of a time or later, the newest first. */
  since(at: number): Post[];
  /** The post of an id. */
  post(id: string): Post | undefined;
  /** Makes a post a member of a hotspot, or of the background. */
  move(post: Post, hotspot: Hotspot | null): void;
  /** Forgets background posts from before a time, and those of hotspots from before another. */
  forget(before: { readonly background: number; readonly members: number }): void;
  /** Forgets a post, as if it had not been. */
  remove(post: Post): void;
  /** Counts anew what is usual: how many posts there are, and how rare their words. */
  settle(now: number): void;
  /** What had been said some hours before a hotspot began, as of the last `settle`. */
  pastOf(hotspot: Hotspot): Past;
}

export async function createStream(dimension: number, tuning: Tuning): Promise<Stream> {
  const vectors = await createVectors({ model: dimension, words: WORD_DIMENSION });
  const kernels = createKernels(vectors, tuning);
  const vocabulary = createVocabulary();
  const rate = createRate(tuning);
  const copies: Copies = createCopies();
  /** By time, the newest last. */
  let posts: Post[] = [];
  /** By time: what had been said before each post. */
  let pasts: { readonly at: number; readonly past: Past }[] = [];
  const byId = new Map<string, Post>();
  const stream: { -readonly [key in keyof Stream]: Stream[key] } = {
    vectors,
    kernels,
    vocabulary,
    tuning,
    rate,
    usualRate: 10,
    coverage: coverageOf([], 0),
    sharpened: new Map(),
    changed: new Set(),
    async add(arrived, each) {
      const made = arrived.map((post) => read(post, null));
      const rows = await vectors.rows(made.map(({ number }) => number));
      const { first } = vectors;
      for (const [i, post] of made.entries()) {
        post.cosines = { first, row: rows[i]!.subarray(0, post.number + 1 - first) };
        place(post);
        insert(post);
        stream.changed.add(post);
        each(post);
      }
    },
    addAgain(arrived, standing) {
      const post = read(arrived, standing);
      insert(post);
      return post;
    },
    async sharpen() {
      const { least, sure, most, rows: asked } = tuning.sharpnessPosts;
      let changed = false;
      for (const space of SPACES) {
        const sample = posts.filter((post) => post.space === space).slice(-most);
        const before = stream.sharpened.get(space) ?? 0;
        if (before >= sure || sample.length < (before === 0 ? least : sure)) continue;
        stream.sharpened.set(space, sample.length);
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
        for (const post of sample) await replace(post);
        changed = true;
      }
      return changed;
    },
    since: (at) => posts.slice(firstSince(at)).reverse(),
    post: (id) => byId.get(id),
    move(post, hotspot) {
      if (post.hotspot === hotspot) return;
      if (post.hotspot === null) count(post, -1);
      else post.hotspot.members.delete(post);
      if (hotspot === null) count(post, 1);
      else hotspot.members.add(post);
      post.hotspot = hotspot;
      if (hotspot === null) post.evidence = 0;
      stream.changed.add(post);
    },
    forget(before) {
      const end = firstSince(before.background);
      const old = posts.slice(0, end).filter((post) => post.at < before.members || post.hotspot === null);
      if (old.length > 0) {
        const gone = new Set(old);
        for (const post of old) release(post);
        posts = posts.filter((post) => !gone.has(post));
      }
      vectors.drop(posts.reduce((least, { number }) => Math.min(least, number), vectors.size));
      rate.forget(before.background);
    },
    remove(post) {
      if (post.hotspot === null) rate.add(post.at, -1);
      release(post);
      posts = posts.filter((other) => other !== post);
    },
    settle(now) {
      stream.coverage = coverageOf(
        posts.slice(firstSince(now - tuning.history * HOUR)).map(({ at }) => at),
        now,
      );
      const hours = Math.min(tuning.densityHours, stream.coverage.hours);
      const background = stream.since(now - tuning.densityHours * HOUR).filter(({ hotspot }) => hotspot === null);
      stream.usualRate = (background.length / Math.max(1, hours)) * tuning.rateHours;
      vocabulary.settle();
      copies.forget(now);
      pasts = pastsOf(posts);
    },
    pastOf({ since }) {
      const at = since - tuning.olderThanHotspot * HOUR;
      return pasts[firstFrom(pasts, at, (one) => one.at)]?.past ?? NOTHING_SAID;
    },
  };
  return stream;

  /** A post leaves (-1) or enters (1) the background. */
  function count(post: Post, sign: 1 | -1): void {
    for (const words of allWords(post)) vocabulary.count(words, sign * (10 - tuning.keptTenths));
    rate.add(post.at, sign);
  }

  function firstSince(at: number): number {
    return firstFrom(posts, at, (post) => post.at);
  }

  function insert(post: Post): void {
    byId.set(post.id, post);
    let place = posts.length;
    while (place > 0 && posts[place - 1]!.at > post.at) place -= 1;
    posts.splice(place, 0, post);
    rate.add(post.at, 1);
    for (const words of allWords(post)) {
      vocabulary.use(words, post.number);
      vocabulary.count(words, 10);
    }
  }

  function release(post: Post): void {
    const tenths = post.hotspot === null ? 10 : tuning.keptTenths;
    for (const words of allWords(post)) {
      vocabulary.count(words, -tenths);
      vocabulary.release(words, post.number);
    }
    if (post.hotspot !== null) {
      post.hotspot.members.delete(post);
      post.hotspot.forgotten += 1;
    }
    byId.delete(post.id);
    stream.changed.delete(post);
  }

  /** A post as it is kept, before it is compared with others. */
  function read({ id, at, author, picture, text, caption, vector }: StreamPost, known: Standing | null): Post {
    const said = wordsOf(text);
    const captionWords = wordsOf(caption).map((word) => vocabulary.word('caption', word));
    const textWords = said.map((word) => vocabulary.word('text', word));
    const shown = captionWords.length > 0 ? captionWords : textWords;
    const space = vector !== null ? 'model' : shown.length > 0 ? 'words' : null;
    const weights = space === 'words' ? (known?.weights ?? Uint8Array.from(shown, tenthsOf)) : null;
    const made =
      weights === null
        ? vector
        : wordVector(shown.map(({ word }, i) => ({ word, weight: Math.fround(weights[i]! / 10) })));
    // What is said in few words is said by many who know nothing of each other.
    const alone = picture ?? `text:${said.length < FEW_WORDS ? id : hashOf(said)}`;
    const copied = copies.find(said, known?.piece ?? alone, at);
    return {
      number: vectors.add(space, made),
      id,
      at,
      author,
      piece: known?.piece ?? copied ?? alone,
      space,
      captionWords,
      textWords,
      whole: wholeOf(said).map((word) => vocabulary.word('whole', word)),
      weights,
      density: known?.density ?? 1,
      neighbours: known?.neighbours ?? keepNeighbours({ captionWords, textWords }, []),
      cosines: null,
      hotspot: null,
      evidence: 0,
      refusedAt: Number.NEGATIVE_INFINITY,
      fixed: false,
    };
  }

  /** Finds where a post stands. */
  function place(post: Post): void {
    if (post.space === null) return;
    const { density, near } = standing(post, posts, stream);
    post.density = density;
    post.neighbours = keepNeighbours(post, near);
    stream.changed.add(post);
  }

  /** Finds it anew. */
  async function replace(post: Post): Promise<void> {
    const before = post.cosines;
    if (before === null) {
      const [row] = await vectors.rows([post.number]);
      post.cosines = { first: vectors.first, row: row! };
    }
    place(post);
    post.cosines = before;
  }

  /** How much a word says, in tenths: the rarer the more. */
  function tenthsOf(word: Word): number {
    return Math.round(10 * Math.min(25, Math.max(0.1, vocabulary.rarity(word) - 2)));
  }
}

/** What had been said before each of some posts in the order of time, and after the last. */
function pastsOf(posts: readonly Post[]): { at: number; past: Past }[] {
  let [caption, text, whole] = [0, 0, 0];
  const found = posts.map(({ at, number, captionWords, textWords, whole: phrases }) => {
    const past = { number, words: { caption, text, whole } };
    caption += captionWords.length;
    text += textWords.length;
    whole += phrases.length;
    return { at, past };
  });
  const end = { number: Number.POSITIVE_INFINITY, words: { caption, text, whole } };
  return [...found, { at: Number.POSITIVE_INFINITY, past: end }];
}

/** 128 bits over the words. A piece is kept with every copy of its text, so that the words themselves would outlast the post. */
function hashOf(words: readonly string[]): string {
  return createHash('sha256').update(words.join(' ')).digest('hex').slice(0, 32);
}

function allWords({ captionWords, textWords, whole }: Post): (readonly Word[])[] {
  return [captionWords, textWords, whole];
}

/** A text of several words, apart from its tags, as one. */
function wholeOf(said: readonly string[]): string[] {
  const words = said.filter((word) => !/^[#@]/.test(word));
  return words.length < PHRASE ? [] : [words.join(' ')];
}

/** Words from which a text is a phrase. */
const PHRASE = 3;
/** Words that make two equal texts without pictures one piece of evidence. */
const FEW_WORDS = 4;
