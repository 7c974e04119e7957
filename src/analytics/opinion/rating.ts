// How people would rate a text, from what its pieces say: a few numbers, fitted to mean human ratings.
import { tokensOf } from './tokens.js';
import { valencesOf } from './valences.js';

/** VADER's: the sum at which the compound is half way to 1 is sqrt(15/3). */
const COMPOUND = 15;
const EXCLAMATION = { each: 0.292, most: 4 };
const QUESTIONS = { each: 0.18, from: 2, to: 3, more: 0.96 };
const LONG = 30;

/**
 * Weights of the parts, by ridge regression on mean human ratings (-4 to 4) of tweets: `node bench/opinion.js TWEETS` prints the fits on
 * either half, what they reach on the other, and these, which are of all.
 */
export const WEIGHTS = {
  compound: 2.06,
  /** What links, questions, exclamation marks and length make of the compound: news and adverts are rated less than they say. */
  link: -0.44,
  question: -0.32,
  exclamation: 0.71,
  length: -0.51,
  /** The best and the worst single word count once more. */
  best: 0.47,
  worst: 0.63,
  constant: -0.01,
};

export type Parts = Record<keyof typeof WEIGHTS, number>;

/** What a text's rating is made of; null where nothing in it says anything of feeling. */
export function partsOf(text: string): Parts | null {
  const tokens = tokensOf(text);
  const values = valencesOf(tokens);
  const said = values.filter((value) => value !== 0);
  if (said.length === 0) return null;
  const sum = said.reduce((a, b) => a + b, 0);
  const compound = compoundOf(sum + Math.sign(sum) * emphasisOf(text));
  return {
    compound,
    link: /https?:\/\//iu.test(text) ? compound : 0,
    question: text.includes('?') ? compound : 0,
    exclamation: (compound * Math.min(3, text.split('!').length - 1)) / 3,
    length: (compound * Math.min(LONG, tokens.length)) / LONG,
    best: Math.max(0, ...said) / 4,
    worst: Math.min(0, ...said) / 4,
    constant: 1,
  };
}

/** The rating that people would give, -4 to 4; 0 where nothing is said. */
export function ratingOf(text: string): number {
  const parts = partsOf(text);
  if (parts === null) return 0;
  const rating = (Object.keys(WEIGHTS) as (keyof Parts)[]).reduce((sum, part) => sum + WEIGHTS[part] * parts[part], 0);
  return Math.max(-4, Math.min(4, rating));
}

export function compoundOf(sum: number): number {
  return sum / Math.sqrt(sum * sum + COMPOUND);
}

function emphasisOf(text: string): number {
  const exclamations = Math.min(EXCLAMATION.most, text.split('!').length - 1) * EXCLAMATION.each;
  const questions = text.split('?').length - 1;
  if (questions < QUESTIONS.from) return exclamations;
  return exclamations + (questions <= QUESTIONS.to ? questions * QUESTIONS.each : QUESTIONS.more);
}
