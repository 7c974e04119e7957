// Opinion over time: bars of equal length in which every author counts once, with intervals and the posts behind them.

/** A post with its opinion; null: it can't be read. */
export interface OpinionPost {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly author: string;
  readonly score: number | null;
}

export interface OpinionBar {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Mean over the authors of each one's mean, -1 to 1; null where nobody's posts can be read. */
  readonly score: number | null;
  /** 95 % interval of the mean (Student's t over authors); null of fewer than two. */
  readonly low: number | null;
  readonly high: number | null;
  /** Authors by the class of their mean; `unknown`: none of whose posts can be read. */
  readonly negative: number;
  readonly neutral: number;
  readonly positive: number;
  readonly unknown: number;
  /** The posts behind it, in the order of time. */
  readonly postIds: readonly string[];
}

/** One author in one bar. */
export interface Voice {
  readonly author: string;
  /** Time of the first post. */
  readonly at: number;
  readonly score: number;
}

/** Bars from the first post to the last, empty ones between them too; `length` in milliseconds, `bound`: beyond it a mean is an opinion. */
export function opinionTimeline(
  posts: readonly OpinionPost[],
  { length, bound }: { readonly length: number; readonly bound: number },
): OpinionBar[] {
  if (posts.length === 0) return [];
  const ordered = [...posts].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const first = Math.floor(ordered[0]!.at / length);
  const last = Math.floor(ordered.at(-1)!.at / length);
  const bars = Array.from({ length: last - first + 1 }, (): OpinionPost[] => []);
  for (const post of ordered) bars[Math.floor(post.at / length) - first]!.push(post);
  return bars.map((inside, i) => {
    const voices = voicesOf(inside);
    const authors = new Set(inside.map(({ author }) => author)).size;
    const scores = voices.map(({ score }) => score);
    return {
      from: (first + i) * length,
      to: (first + i + 1) * length,
      ...meanWithInterval(scores),
      negative: scores.filter((score) => score < -bound).length,
      neutral: scores.filter((score) => Math.abs(score) <= bound).length,
      positive: scores.filter((score) => score > bound).length,
      unknown: authors - voices.length,
      postIds: inside.map(({ id }) => id),
    };
  });
}

/** Each author's mean over the posts that can be read, in the order of their first ones. */
export function voicesOf(posts: readonly OpinionPost[]): Voice[] {
  const heard = new Map<string, { at: number; sum: number; count: number }>();
  for (const { author, at, score } of posts) {
    if (score === null) continue;
    const voice = heard.get(author);
    if (voice === undefined) heard.set(author, { at, sum: score, count: 1 });
    else {
      voice.at = Math.min(voice.at, at);
      voice.sum += score;
      voice.count += 1;
    }
  }
  return [...heard]
    .map(([author, { at, sum, count }]) => ({ author, at, score: sum / count }))
    .sort((a, b) => a.at - b.at || (a.author < b.author ? -1 : 1));
}

/** Mean and its 95 % interval, which stays between -1 and 1. */
export function meanWithInterval(scores: readonly number[]): {
  readonly score: number | null;
  readonly low: number | null;
  readonly high: number | null;
} {
  const n = scores.length;
  if (n === 0) return { score: null, low: null, high: null };
  const score = scores.reduce((a, b) => a + b, 0) / n;
  if (n === 1) return { score, low: null, high: null };
  const variance = scores.reduce((sum, one) => sum + (one - score) ** 2, 0) / (n - 1);
  const half = studentT95(n - 1) * Math.sqrt(variance / n);
  return { score, low: Math.max(-1, score - half), high: Math.min(1, score + half) };
}

/** Two-sided 95 % quantiles of Student's t for 1 to 10 degrees of freedom (any table). */
const T95 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

/** Beyond the table by Cornish and Fisher's expansion: to 0.001 from 10 degrees on. */
function studentT95(degrees: number): number {
  const known = T95[degrees - 1];
  if (known !== undefined) return known;
  const z = 1.959964;
  return z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
}
