// What tells a hotspot from everything else: phrases that many of its authors use and few others do, each saying something new.
// Sources: class-based TF-IDF, M. Grootendorst, arXiv 2203.05794; maximal marginal relevance, J. Carbonell and J. Goldstein,
// Proc. SIGIR 1998, 335-336.
import { type Phrase, phrasesOf } from './phrases.js';

/** A post as its words are counted. */
export interface SpokenPost {
  readonly caption: string;
  readonly text: string;
  readonly author: string;
  /** Posts of one piece of evidence share this. */
  readonly piece: string;
}

export interface Keyword {
  /** As it is written most often. */
  readonly text: string;
  readonly words: readonly string[];
  readonly weight: number;
  /** Distinct evidence that uses it: authors, or pieces where these are fewer. */
  readonly evidence: number;
}

/** How many posts of the stream use each phrase. */
export interface Background {
  readonly posts: number;
  readonly counts: ReadonlyMap<string, number>;
}

/** What a phrase of more words is worth: it says more, if as many use it. */
const LONGER = [1, 1.25, 1.4];
/** Distinct evidence that a keyword has. */
const LEAST = 2;
const DIVERSITY = 0.6;

export function backgroundOf(posts: readonly Pick<SpokenPost, 'caption' | 'text'>[]): Background {
  const counts = new Map<string, number>();
  for (const post of posts)
    for (const { key } of phrasesOf(`${post.caption}\n${post.text}`)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return { posts: posts.length, counts };
}

/** The most telling phrases, the best first: by how many use them and how much more often than elsewhere. */
export function keywordsOf(
  posts: readonly SpokenPost[],
  background: Background,
  { count }: { readonly count: number },
): Keyword[] {
  const found = candidates(posts, background);
  const chosen: Keyword[] = [];
  while (chosen.length < count && found.length > 0) {
    let best = 0;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (const [i, keyword] of found.entries()) {
      const alike = Math.max(0, ...chosen.map((other) => overlap(keyword, other)));
      // What is part of a chosen phrase, or has it as a part, says nothing new.
      const score = alike === 1 ? Number.NEGATIVE_INFINITY : keyword.weight * (1 - DIVERSITY * alike);
      if (score > bestScore) [best, bestScore] = [i, score];
    }
    if (bestScore === Number.NEGATIVE_INFINITY) break;
    chosen.push(...found.splice(best, 1));
  }
  return chosen;
}

function candidates(posts: readonly SpokenPost[], background: Background): Keyword[] {
  const uses = new Map<
    string,
    { phrase: Phrase; authors: Set<string>; pieces: Set<string>; spellings: Map<string, number> }
  >();
  for (const post of posts)
    for (const phrase of phrasesOf(`${post.caption}\n${post.text}`)) {
      let use = uses.get(phrase.key);
      if (use === undefined) {
        use = { phrase, authors: new Set(), pieces: new Set(), spellings: new Map() };
        uses.set(phrase.key, use);
      }
      use.authors.add(post.author);
      use.pieces.add(post.piece);
      use.spellings.set(phrase.text, (use.spellings.get(phrase.text) ?? 0) + 1);
    }
  const all = Math.min(new Set(posts.map(({ author }) => author)).size, new Set(posts.map(({ piece }) => piece)).size);
  return [...uses.values()]
    .map(({ phrase, authors, pieces, spellings }) => {
      const evidence = Math.min(authors.size, pieces.size);
      const here = evidence / (all + 1);
      const there = ((background.counts.get(phrase.key) ?? 0) + 0.5) / (background.posts + 1);
      const weight = here * Math.log(here / there) * LONGER[phrase.words.length - 1]!;
      return { text: mostOften(spellings), words: phrase.words, weight, evidence };
    })
    .filter(({ evidence, weight }) => evidence >= LEAST && weight > 0)
    .sort((a, b) => b.weight - a.weight || (a.text < b.text ? -1 : 1))
    .slice(0, 200);
}

/** The spelling that is used most often; of equals the one with the fewest capitals, then by the alphabet. */
function mostOften(spellings: ReadonlyMap<string, number>): string {
  const capitals = (text: string) => text.match(/\p{Lu}/gu)?.length ?? 0;
  return [...spellings].sort(([a, m], [b, n]) => n - m || capitals(a) - capitals(b) || (a < b ? -1 : 1))[0]![0];
}

/** Share of the shorter phrase's words that the longer one has; "#cupfinal" is "cup final". */
function overlap(a: Keyword, b: Keyword): number {
  const plain = ({ words }: Keyword) => words.join('').replaceAll('#', '');
  if (plain(a).includes(plain(b)) || plain(b).includes(plain(a))) return 1;
  const [short, long] = a.words.length <= b.words.length ? [a, b] : [b, a];
  return short.words.filter((word) => long.words.includes(word)).length / short.words.length;
}
