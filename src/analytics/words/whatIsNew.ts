// What is new in a hotspot: phrases that its posts of the last hour use more than those before.
// Source: log-odds with a Dirichlet prior, B. Monroe et al., Political Analysis 16, 2008, 372-403.
import type { Background, SpokenPost } from './keywords.js';
import { type Phrase, phrasesOf } from './phrases.js';

export interface NewPhrase {
  readonly text: string;
  /** Posts of the last hour that use it, and posts before. */
  readonly now: number;
  readonly before: number;
  /** How many standard deviations the log-odds are from 0. */
  readonly z: number;
}

const LEAST = { z: 1.96, posts: 3 };
/** Uses that any phrase is taken to have had, and posts that the background's share of it counts as. */
const PRIOR = { uses: 0.5, posts: 10 };

/** The phrases that are surely new, the surest first; of those that say the same one. */
export function whatIsNew(
  recent: readonly SpokenPost[],
  earlier: readonly SpokenPost[],
  { background, count }: { readonly background: Background; readonly count: number },
): NewPhrase[] {
  const [now, before] = [usesOf(recent), usesOf(earlier)];
  const found = [...now].flatMap(([key, { phrase, posts }]) => {
    const old = before.get(key)?.posts ?? 0;
    const prior = PRIOR.uses + PRIOR.posts * (((background.counts.get(key) ?? 0) + 0.5) / (background.posts + 1));
    const odds = (uses: number, all: number) => Math.log((uses + prior) / (all + PRIOR.posts - uses - prior + 1));
    const difference = odds(posts, recent.length) - odds(old, earlier.length);
    const z = difference / Math.sqrt(1 / (posts + prior) + 1 / (old + prior));
    return posts >= LEAST.posts && z >= LEAST.z
      ? [{ text: phrase.text, words: phrase.words, now: posts, before: old, z }]
      : [];
  });
  found.sort((a, b) => b.z * Math.sqrt(b.words.length) - a.z * Math.sqrt(a.words.length) || (a.text < b.text ? -1 : 1));
  const chosen: typeof found = [];
  for (const one of found) {
    if (chosen.length === count) break;
    if (!chosen.some(({ words }) => one.words.some((word) => words.includes(word)))) chosen.push(one);
  }
  return chosen.map(({ words: _, ...one }) => one);
}

/** One post of a piece of evidence counts. */
function usesOf(posts: readonly SpokenPost[]): Map<string, { phrase: Phrase; posts: number }> {
  const uses = new Map<string, { phrase: Phrase; posts: number }>();
  const seen = new Set<string>();
  for (const post of posts) {
    const id = `${post.piece}\n${post.text}`;
    if (seen.has(id)) continue;
    seen.add(id);
    for (const phrase of phrasesOf(`${post.caption}\n${post.text}`)) {
      const use = uses.get(phrase.key);
      if (use === undefined) uses.set(phrase.key, { phrase, posts: 1 });
      else use.posts += 1;
    }
  }
  return uses;
}
