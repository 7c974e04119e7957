// BLEU-1 to BLEU-4 (K. Papineni et al., ACL 2002) as pycocoevalcap 1.2 computes them: clipped n-gram precision against all references,
// brevity by the closest reference length, and tiny constants instead of zeros.
import { MAX_N, type NgramCounter } from './ngrams.js';

/** Sufficient statistics: words of the candidate, words of the closest reference, then for n = 1 to 4 how many n-grams match and how many there are. */
export type BleuStatistics = Float64Array;
export const BLEU_STATISTICS = 2 + 2 * MAX_N;

/** The statistics of one candidate. */
export function bleuStatistics(
  counter: NgramCounter,
  candidate: readonly string[],
  references: readonly (readonly string[])[],
): BleuStatistics {
  const most = Array.from({ length: MAX_N }, () => new Map<number, number>());
  for (const reference of references) {
    for (const [n, counts] of counter.count(reference).entries()) {
      for (const [gram, count] of counts) most[n]!.set(gram, Math.max(most[n]!.get(gram) ?? 0, count));
    }
  }
  const statistics = new Float64Array(BLEU_STATISTICS);
  const length = candidate.length;
  statistics[0] = length;
  // Of two lengths equally close, the shorter.
  statistics[1] = references
    .map((reference) => reference.length)
    .reduce((best, one) => ((Math.abs(one - length) - Math.abs(best - length) || one - best) < 0 ? one : best));
  for (const [n, counts] of counter.count(candidate).entries()) {
    for (const [gram, count] of counts) statistics[2 + 2 * n]! += Math.min(count, most[n]!.get(gram) ?? 0);
    statistics[3 + 2 * n] = Math.max(0, length - n);
  }
  return statistics;
}

const TINY = 1e-15;
const SMALL = 1e-9;

/** BLEU-`n` of one caption, or of a corpus, by its (summed) statistics. */
export function bleuScore(statistics: BleuStatistics, n: number): number {
  let product = 1;
  for (let k = 0; k < n; k++) product *= (statistics[2 + 2 * k]! + TINY) / (statistics[3 + 2 * k]! + SMALL);
  const ratio = (statistics[0]! + TINY) / (statistics[1]! + SMALL);
  return product ** (1 / n) * (ratio < 1 ? Math.exp(1 - 1 / ratio) : 1);
}
