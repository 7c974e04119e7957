// Whether people fall into two camps: many against, many for, and few between them.

export interface Camps {
  /** Shares of those who are against, for, and between. */
  readonly negative: number;
  readonly positive: number;
  readonly between: number;
  /** Probability that those between are as many as the smaller camp, and so few were heard by chance. */
  readonly p: number;
}

/** Scores within this are between the camps. */
const BETWEEN = 0.1;
/** Voices that it takes, and the share of the smaller camp. */
const LEAST = { voices: 20, share: 0.25 };
const P = 0.01;

/**
 * Two camps among authors' mean scores; null: there are none to be sure of. One hump has its most in the middle or on one side: that fewer are
 * between than in either camp is tested by the sign test (binomial, one half) of the smaller camp against those between.
 */
export function campsOf(scores: readonly number[]): Camps | null {
  const n = scores.length;
  if (n < LEAST.voices) return null;
  const negative = scores.filter((score) => score < -BETWEEN).length;
  const positive = scores.filter((score) => score > BETWEEN).length;
  const between = n - negative - positive;
  const smaller = Math.min(negative, positive);
  if (smaller < LEAST.share * n) return null;
  const p = atMost(between, smaller + between);
  return p < P ? { negative: negative / n, positive: positive / n, between: between / n, p } : null;
}

/** P(X <= count) of `tries` tosses of a coin. */
function atMost(count: number, tries: number): number {
  let log = -tries * Math.LN2;
  let sum = Math.exp(log);
  for (let k = 0; k < count; k += 1) {
    log += Math.log((tries - k) / (k + 1));
    sum += Math.exp(log);
  }
  return Math.min(1, sum);
}
