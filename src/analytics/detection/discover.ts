// How hotspots are found: a post that nobody explains, with others that are like it, more of them than such posts usually are.
import { distinctEvidence } from './distinct.js';
import { burstOf } from './expectation.js';
import type { Post } from './post.js';
import type { Stream } from './stream.js';
import { HOUR } from './tuning.js';
import type { Word } from './vocabulary.js';

export interface Group {
  readonly seed: Post;
  readonly posts: readonly Post[];
  readonly score: number;
}

/** A word says something of two posts that share it where it is rarer than e^-6. */
const COMMON = 6;
/** Posts as near as this to a seed need not be seeds themselves. */
const SURELY = 2;

/** Finds the most surprising group of unassigned posts, again and again. */
export function createSearch(stream: Stream, now: number): { next(): Group | null } {
  const { tuning, vocabulary, kernels, coverage } = stream;
  const recent = stream.since(now - tuning.groupHours * HOUR);
  const from = now - tuning.history * HOUR;
  const until = now - 12 * HOUR;
  const earlier = stream.since(from).filter(({ at }) => at < until);
  const seeds = recent.filter(({ at }) => now - at < tuning.seedHours * HOUR);
  const groups = new Map<
    Post,
    { near: { post: Post; evidence: number }[]; usual: { post: Post; evidence: number }[] | null }
  >();

  // What is said now is not what is usual: in a small stream an event's own words would make it look ordinary.
  const uses = new Map<Word, number>();
  let all = 0;
  for (const { hotspot, textWords } of recent) {
    if (hotspot !== null) continue;
    for (const word of textWords) uses.set(word, (uses.get(word) ?? 0) + 1);
    all += textWords.length;
  }

  return {
    next() {
      let best: Group | null = null;
      const tried = new Set<Post>();
      for (const seed of seeds) {
        if (seed.hotspot !== null || tried.has(seed) || now - seed.refusedAt < tuning.refusedHours * HOUR) continue;
        let group = groups.get(seed);
        if (group === undefined) {
          group = { near: like(seed, recent), usual: null };
          groups.set(seed, group);
        }
        const near = group.near.filter(({ post }) => post.hotspot === null || post === seed);
        const posts = near.map(({ post }) => post);
        if (distinctEvidence(posts) < tuning.minEvidence) continue;
        group.usual ??= like(seed, earlier);
        const usual = {
          posts: group.usual
            .filter(({ post }) => post.hotspot === null)
            .map(({ post: { at }, evidence }) => ({ at, evidence })),
          from,
          until,
        };
        const burst = burstOf(posts, usual, { now, least: tuning.minEvidence, coverage, tuning });
        if (burst !== null && burst.score > tuning.birth && (best === null || burst.score > best.score))
          best = { seed, posts, score: burst.score };
        for (const { post, evidence } of near) if (evidence > tuning.pair + SURELY) tried.add(post);
      }
      return best;
    },
  };

  /** Unassigned posts that are like a seed: near in what they show, or sharing rare words. */
  function like(seed: Post, posts: readonly Post[]): { post: Post; evidence: number }[] {
    const shared = new Map<number, number>();
    for (const word of seed.textWords) {
      const said = tuning.textWeight * Math.max(0, rarity(word) - COMMON);
      if (said > 0) for (const number of word.posts) shared.set(number, (shared.get(number) ?? 0) + said);
    }
    const found: { post: Post; evidence: number }[] = [];
    for (const post of posts) {
      if (post !== seed && post.hotspot !== null) continue;
      const vectors =
        seed.space !== null && seed.space === post.space
          ? tuning.vectorWeight * (kernels.sharpness[seed.space] * (cosine(seed, post) - 1) - Math.log(post.density))
          : 0;
      const evidence = vectors + (shared.get(post.number) ?? 0);
      if (post === seed || evidence > tuning.pair) found.push({ post, evidence });
    }
    return found;
  }

  function rarity(word: Word): number {
    return -Math.log(vocabulary.usual(word, { uses: uses.get(word) ?? 0, all }));
  }

  function cosine(seed: Post, post: Post): number {
    const [newer, older] = seed.number >= post.number ? [seed, post] : [post, seed];
    if (newer.cosines !== null && older.number >= newer.cosines.first)
      return newer.cosines.row[older.number - newer.cosines.first]!;
    return stream.vectors.between(newer.number, older.number);
  }
}
