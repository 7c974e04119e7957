// METEOR 1.5 (M. Denkowski, A. Lavie, Meteor Universal: Language Specific Translation Evaluation for Any Target Language, WMT 2014), for English, as
// `-l en -norm` computes it: harmonic mean of precision and recall over matched words, less for function words and for scattered matches.
import { FUNCTION_WORDS } from './functionWords.js';
import { alignWords, type Match } from './meteorAligner.js';
import type { MeteorData } from './meteorData.js';
import { meteorWords } from './meteorNormalize.js';
import { porter2 } from './porter2.js';

/** Weight of precision's share, of fragmentation (exponent and height), and of content against function words. */
const ALPHA = 0.85;
const BETA = 0.2;
const GAMMA = 0.6;
const DELTA = 0.75;

/** What a matched word counts, by module: exact, stem, synonym, paraphrase. */
const WEIGHTS = [1, 0.6, 0.8, 0.6] as const;

/**
 * Sufficient statistics, in METEOR's order: words of candidate and reference, function words of both; for each of the four modules
 * matched content words of both and matched function words of both; chunks; matched words of both. Sums of these over captions
 * give the corpus score.
 */
export type MeteorStatistics = Float64Array;
export const METEOR_STATISTICS = 23;

export type MeteorModule = 'exact' | 'stem' | 'synonym' | 'paraphrase';

export interface MeteorScorer {
  /** `METEOR` with all four modules, else with the modules in brackets: `METEOR (exact, stem)`. */
  readonly name: string;
  /** The statistics of the reference that the candidate matches best. Captions are tokens joined by spaces. */
  readonly statistics: (candidate: string, references: readonly string[]) => MeteorStatistics;
}

/** A scorer with the modules that the data allows, or with `exact` alone. */
export function meteorScorer({ synonyms, paraphrases }: MeteorData = {}, { exactOnly = false } = {}): MeteorScorer {
  const modules: MeteorModule[] = ['exact'];
  if (!exactOnly) modules.push('stem');
  if (!exactOnly && synonyms !== undefined) modules.push('synonym');
  if (!exactOnly && paraphrases !== undefined) modules.push('paraphrase');
  const wordsOf = remember(meteorWords);
  const keyOf = remember(javaHash);
  const stemKeyOf = remember((word: string) => javaHash(porter2(word)));

  /** All possible matches by reference word, in METEOR's order. */
  function possibleMatches(candidate: readonly string[], reference: readonly string[]): Match[][] {
    const found = reference.map((): Match[] => []);
    const keys = [candidate.map(keyOf), reference.map(keyOf)] as const;
    const add = (module: number, [start, length]: Span, [candidateStart, candidateLength]: Span): void => {
      found[start]!.push({ module, start, length, candidateStart, candidateLength });
    };
    const eachPair = (test: (c: number, r: number) => boolean, module: number): void => {
      for (let r = 0; r < reference.length; r++) {
        for (let c = 0; c < candidate.length; c++) if (test(c, r)) add(module, [r, 1], [c, 1]);
      }
    };
    const [keysC, keysR] = keys;
    eachPair((c, r) => keysC[c] === keysR[r], 0);
    // Of equal captions nothing but the exact matches is looked at.
    if (modules.length === 1 || (keysC.length === keysR.length && keysC.every((key, i) => key === keysR[i]))) {
      return found;
    }
    const stems = [candidate.map(stemKeyOf), reference.map(stemKeyOf)] as const;
    eachPair((c, r) => stems[0][c] === stems[1][r] && keysC[c] !== keysR[r], 1);
    if (synonyms !== undefined) {
      eachPair((c, r) => keysC[c] !== keysR[r] && synonyms.same(candidate[c]!, reference[r]!), 2);
    }
    if (paraphrases !== undefined) {
      for (const [phrase, paraphrase] of phrasePairs(reference, candidate)) add(3, phrase, paraphrase);
      for (const [phrase, paraphrase] of phrasePairs(candidate, reference)) add(3, paraphrase, phrase);
    }
    return found;
  }

  /** Phrases of `from` whose paraphrases stand in `to`. */
  function* phrasePairs(from: readonly string[], to: readonly string[]): Generator<[Span, Span]> {
    for (let start = 0; start < from.length; start++) {
      let phrase = '';
      for (let end = start; end < from.length; end++) {
        phrase += end === start ? from[end]! : ` ${from[end]!}`;
        for (const paraphrase of paraphrases!.get(phrase) ?? []) {
          for (let at = 0; at + paraphrase.length <= to.length; at++) {
            if (paraphrase.every((word, i) => word === to[at + i])) {
              yield [
                [start, end - start + 1],
                [at, paraphrase.length],
              ];
            }
          }
        }
      }
    }
  }

  function pairStatistics(candidate: readonly string[], reference: readonly string[]): MeteorStatistics {
    const { matches, chunks } = alignWords(possibleMatches(candidate, reference), candidate.length);
    const functionC = candidate.map((word) => FUNCTION_WORDS.has(word));
    const functionR = reference.map((word) => FUNCTION_WORDS.has(word));
    const statistics = new Float64Array(METEOR_STATISTICS);
    statistics.set([candidate.length, reference.length, count(functionC), count(functionR)]);
    for (const match of matches) {
      if (match === undefined) continue;
      const at = 4 + 4 * match.module;
      for (let i = 0; i < match.candidateLength; i++)
        statistics[at + (functionC[match.candidateStart + i] ? 2 : 0)]! += 1;
      for (let i = 0; i < match.length; i++) statistics[at + (functionR[match.start + i] ? 3 : 1)]! += 1;
      statistics[21]! += match.candidateLength;
      statistics[22]! += match.length;
    }
    // A caption that is its reference has no fragmentation: its one chunk is not counted, neither here nor in sums.
    const whole = chunks === 1 && statistics[21] === candidate.length && statistics[22] === reference.length;
    statistics[20] = whole ? 0 : chunks;
    return statistics;
  }

  return {
    name: modules.length === 4 ? 'METEOR' : `METEOR (${modules.join(', ')})`,
    statistics(candidate, references) {
      let best: MeteorStatistics | undefined;
      let bestScore = -1;
      for (const reference of references) {
        const statistics = pairStatistics(wordsOf(candidate), wordsOf(reference));
        const score = meteorScore(statistics);
        if (score > bestScore) [best, bestScore] = [statistics, score];
      }
      return best ?? new Float64Array(METEOR_STATISTICS);
    },
  };
}

/** The score of one caption, or of a corpus, by its (summed) statistics. */
export function meteorScore(statistics: MeteorStatistics): number {
  const at = (i: number): number => statistics[i]!;
  const weighed = (content: number, functional: number): number => {
    let sum = 0;
    for (const [i, weight] of WEIGHTS.entries()) sum += at(4 + 4 * i + content) * weight * DELTA;
    for (const [i, weight] of WEIGHTS.entries()) sum += at(4 + 4 * i + functional) * weight * (1 - DELTA);
    return sum;
  };
  const length = (words: number, functional: number): number => DELTA * (words - functional) + (1 - DELTA) * functional;
  const precision = weighed(0, 2) / length(at(0), at(2));
  const recall = weighed(1, 3) / length(at(1), at(3));
  const mean = 1 / ((1 - ALPHA) / precision + ALPHA / recall);
  const fragmentation = at(20) / ((at(21) + at(22)) / 2);
  const score = mean * (1 - GAMMA * fragmentation ** BETA);
  // No words, or none that match.
  return Number.isNaN(score) ? 0 : Math.max(score, 0);
}

type Span = readonly [start: number, length: number];

function count(flags: readonly boolean[]): number {
  return flags.filter(Boolean).length;
}

/** Java's hash of a string: METEOR compares words by it, and takes two words of one hash for the same. */
function javaHash(word: string): number {
  let hash = 0;
  for (let i = 0; i < word.length; i++) hash = (Math.imul(hash, 31) + word.charCodeAt(i)) | 0;
  return hash;
}

/** Keeps what was computed for a text: captions and words come again and again. */
function remember<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) {
      value = compute(text);
      known.set(text, value);
    }
    return value;
  };
}
