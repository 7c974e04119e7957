// Suspected coordination: many accounts that post one piece (a picture, or a text word for word) within minutes. What is many
// depends on the stream: where pictures are passed on quickly, more accounts have to come together. It is told as a finding of
// its own; the posts stay what they are.
// Source: rapid repeated sharing, F. Giglietto et al., Information, Communication & Society 23, 2020, 867-891.
import type { Post } from './post.js';
import { surprise } from './surprise.js';
import { HOUR } from './tuning.js';

/** Accounts that post one piece within minutes. */
export interface Coordination {
  readonly piece: string;
  /** The oldest first. */
  readonly posts: readonly Post[];
  readonly authors: number;
  readonly minutes: number;
  /** Authors that usually follow the first post of a piece within as long. */
  readonly expected: number;
  /** -log10 of the probability. */
  readonly score: number;
}

const MINUTES = 10;
const WITHIN = (MINUTES / 60) * HOUR;
/** Authors that it takes, and the surprise. */
const LEAST = { authors: 10, score: 6 };
/** Counts differ from piece to piece as they would with exponentially distributed rates. */
const SIZE = 1;
/** What is taken to have been seen before anything was, and the most that one piece says of what is usual. */
const PRIOR = { pieces: 50, authors: 10 };
const MOST = 5;

/**
 * Looks for pieces posted by many within minutes, the last of them after `since`. `posts` are of the last days, the newest first.
 */
export function coordinated(posts: readonly Post[], since: number): Coordination[] {
  const byPiece = new Map<string, Post[]>();
  for (const post of posts) {
    const same = byPiece.get(post.piece);
    if (same === undefined) byPiece.set(post.piece, [post]);
    else same.push(post);
  }
  let followers = PRIOR.authors;
  const fresh: Post[][] = [];
  for (const same of byPiece.values()) {
    same.reverse();
    followers += Math.min(MOST, authorsOf(same.filter(({ at }) => at - same[0]!.at <= WITHIN)) - 1);
    if (same.length >= LEAST.authors && same.at(-1)!.at > since) fresh.push(same);
  }
  const expected = followers / (byPiece.size + PRIOR.pieces);
  return fresh.flatMap((same) => {
    const together = densest(same);
    const authors = authorsOf(together);
    if (authors < LEAST.authors) return [];
    const score = surprise(authors - 1, { mean: expected, size: SIZE });
    return score < LEAST.score
      ? []
      : [{ piece: same[0]!.piece, posts: together, authors, minutes: MINUTES, expected, score }];
  });
}

/** The posts of the ten minutes in which the most authors are; of equals the first. */
function densest(posts: readonly Post[]): Post[] {
  let best: Post[] = [];
  let most = 0;
  const inside = new Map<string, number>();
  let from = 0;
  for (const [end, post] of posts.entries()) {
    inside.set(post.author, (inside.get(post.author) ?? 0) + 1);
    for (; post.at - posts[from]!.at > WITHIN; from += 1) {
      const { author } = posts[from]!;
      const left = inside.get(author)! - 1;
      if (left === 0) inside.delete(author);
      else inside.set(author, left);
    }
    if (inside.size > most) [most, best] = [inside.size, posts.slice(from, end + 1)];
  }
  return best;
}

function authorsOf(posts: readonly Post[]): number {
  return new Set(posts.map(({ author }) => author)).size;
}
