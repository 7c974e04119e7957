// What a post says of its author's feeling: from its text alone, for a caption describes and has no opinion.
import { isReadable } from './language.js';
import { ratingOf } from './rating.js';

export type OpinionClass = 'negative' | 'neutral' | 'positive' | 'unknown';

export interface Opinion {
  /** -1 to 1; null where the text can't be read. */
  readonly score: number | null;
  readonly class: OpinionClass;
}

/** Agreement with human raters: `node bench/opinion.js` on the rated tweets, docs/decisions/0021. */
export const AGREEMENT = {
  pearson: 0.896,
  low: 0.887,
  high: 0.905,
  on: '2,100 English tweets, each rated by twenty people',
};

/** A score beyond this, either way, is an opinion: VADER's bound of 0.05, on the scale of ratings. */
export const OPINION = 0.0125;

/** A rating of 4, the most that people give, is 1. */
export function opinionOf(text: string): Opinion {
  if (!isReadable(text)) return { score: null, class: 'unknown' };
  const score = ratingOf(text) / 4;
  return { score, class: classOf(score) };
}

export function classOf(score: number): OpinionClass {
  return score > OPINION ? 'positive' : score < -OPINION ? 'negative' : 'neutral';
}
