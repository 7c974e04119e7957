// How well a hotspot explains a post, against the background: log-likelihood ratios, in nats, of its words, its embedding and the
// rate of posts at its time. A post belongs to what explains it best.
import { fading, type Hotspot, uses } from './hotspot.js';
import type { Kernels } from './kernels.js';
import { localWords } from './neighbours.js';
import type { Post } from './post.js';
import type { Rate } from './rates.js';
import type { Tuning } from './tuning.js';
import type { Vocabulary, Word } from './vocabulary.js';

export interface Background {
  readonly vocabulary: Vocabulary;
  readonly kernels: Kernels;
  readonly tuning: Tuning;
  /** Posts that belong to no hotspot. */
  readonly rate: Rate;
  /** How many of these there usually are around a time, as `rate` counts. */
  usualRate: number;
}

/** The evidence in its parts, before they are weighed. */
export interface Evidence {
  readonly caption: number;
  readonly text: number;
  readonly vector: number;
}

/** Of a vector that is this far off, words of a picture alone need not be asked. */
const FAR = -1.5;
const NONE: Evidence = { caption: -20, text: 0, vector: FAR };

/** Evidence that a post is of a hotspot. A member is judged by the other members. */
export function evidenceOf(hotspot: Hotspot, post: Post, background: Background): Evidence {
  const { vocabulary, tuning } = background;
  const vector = vectorEvidence(hotspot, post, background);
  if (vector < FAR && post.textWords.length === 0) return NONE;
  const own = post.hotspot === hotspot && post.evidence >= tuning.core ? fading(post, hotspot.refreshed, tuning) : 0;
  const local = localWords(post, hotspot.since, tuning);
  const { captionWords, textWords } = post;
  // Of what it says itself the background has little left: a word that was usual before the hotspot stays so, or one that
  // has taken in "look at this" would take in everything.
  const usualOf = (word: Word) => Math.max(vocabulary.usual(word), vocabulary.before(word, hotspot.past));
  const captionMass = Math.max(0, hotspot.captionMass - own * captionWords.length);
  const textMass = Math.max(0, hotspot.textMass - own * textWords.length);
  let caption = 0;
  for (let i = 0; i < captionWords.length; i += 1) {
    const word = captionWords[i]!;
    const usual = vocabulary.usual(word);
    const here =
      (Math.max(0, uses(hotspot, word) - own) + tuning.captionSmoothing * usual) /
      (captionMass + tuning.captionSmoothing);
    const there = local.captionRest * usual + local.caption[i]!;
    caption += clamp(Math.log(here / there), tuning.wordLow, tuning.wordHigh);
  }
  let text = 0;
  for (let i = 0; i < textWords.length; i += 1) {
    const word = textWords[i]!;
    const usual = usualOf(word);
    const here =
      (Math.max(0, uses(hotspot, word) - own) + tuning.textSmoothing * usual) / (textMass + tuning.textSmoothing);
    const there = local.textRest * usual + local.text[i]!;
    text += clamp(Math.log(here / there), tuning.wordLow, tuning.wordHigh + 1);
  }
  for (const phrase of post.whole) text = Math.min(text, phraseEvidence(hotspot, phrase, { own, background }));
  return { caption, text, vector };
}

/**
 * The most that a text says as a whole. Words are counted as if each were chosen by itself; those of a stock phrase ("never seen
 * anything like it") are not, and say together no more than the phrase does.
 */
function phraseEvidence(
  hotspot: Hotspot,
  phrase: Word,
  { own, background: { vocabulary, tuning } }: { own: number; background: Background },
): number {
  if (phrase.tenths < 10 * tuning.stockUses) return Number.POSITIVE_INFINITY;
  const usual = vocabulary.usual(phrase);
  const here =
    (Math.max(0, uses(hotspot, phrase) - own) + tuning.phraseSmoothing * usual) /
    (Math.max(0, hotspot.phraseMass - own) + tuning.phraseSmoothing);
  return clamp(Math.log(here / usual), tuning.wordLow, tuning.vectorHigh);
}

function vectorEvidence({ kernels: sums }: Hotspot, post: Post, { kernels, tuning }: Background): number {
  if (post.space === null) return 0;
  const { sum, count } = kernels.others(sums, post);
  // The background's density stands for half an exemplar.
  const density = (sum + 0.5 * post.density) / (count + 0.5);
  return clamp(Math.log(density / post.density), tuning.vectorLow, tuning.vectorHigh);
}

/** The parts as one number. */
export function weighed({ caption, text, vector }: Evidence, tuning: Tuning): number {
  return tuning.captionWeight * caption + tuning.textWeight * text + tuning.vectorWeight * vector;
}

/** Evidence that a post is of a hotspot, in nats. */
export function explained(hotspot: Hotspot, post: Post, background: Background): number {
  return weighed(evidenceOf(hotspot, post, background), background.tuning);
}

/** What the rates at a time say before a post is looked at: a hotspot of few posts is an unlikely home. */
export function prior(hotspot: Hotspot, at: number, { rate, usualRate, tuning }: Background): number {
  const others = Math.max(rate.near(at), 0.7 * usualRate) + 1;
  return clamp(Math.log((hotspot.rate.near(at) + 0.3) / others), tuning.rateLow, tuning.rateHigh);
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
