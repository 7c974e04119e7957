// CIDEr (R. Vedantam, C. L. Zitnick, D. Parikh, CVPR 2015) as pycocoevalcap 1.2 computes it, which is the variant CIDEr-D: cosine of tf-idf
// vectors of n-grams with clipped counts and a penalty on the difference in length, times 10. Document frequencies are those of
// the references given.
import { AppError } from '../errors.js';
import { MAX_N, ngramCounter } from './ngrams.js';
import { tokenizeCaptions } from './ptbTokenizer.js';
import { pythonSplit } from './pythonSplit.js';
import { tokenizeReferences } from './tokenizeReferences.js';

/** Width of the penalty on length, in words. */
const SIGMA = 6;

interface CiderVector {
  /** By n - 1: tf-idf weight of each n-gram. */
  readonly weights: readonly Map<number, number>[];
  readonly norms: readonly number[];
  /** Number of bigrams, which the original takes for the length. */
  readonly length: number;
}

export interface CiderScorer {
  /** Mean score and the scores by image. `candidates`: captions as written, of some or all of the images. Throws where one has no references. */
  readonly score: (candidates: ReadonlyMap<string, string>) => { corpus: number; images: Map<string, number> };
  /** The score of one caption, given as tokens, for an image that has references. */
  readonly scoreTokens: (image: string, tokens: readonly string[]) => number;
}

/** A scorer that keeps the vectors of these references (captions as written), to score many sets of candidates against. */
export function ciderScorer(references: ReadonlyMap<string, readonly string[]>): CiderScorer {
  const tokens = tokenizeReferences(references);
  return tokenCiderScorer(new Map([...tokens].map(([image, captions]) => [image, captions.map(pythonSplit)])));
}

/** The same with references that are tokens already. */
export function tokenCiderScorer(references: ReadonlyMap<string, readonly (readonly string[])[]>): CiderScorer {
  const counter = ngramCounter();
  const counted = [...references].map(([image, captions]) => [image, captions.map(counter.count)] as const);
  const documents = new Map<number, number>();
  for (const [, captions] of counted) {
    for (const gram of new Set(captions.flat().flatMap((counts) => [...counts.keys()]))) {
      documents.set(gram, (documents.get(gram) ?? 0) + 1);
    }
  }
  const logImages = Math.log(references.size);
  const vectors = new Map(counted.map(([image, captions]) => [image, captions.map(vectorOf)]));

  function vectorOf(counts: readonly Map<number, number>[]): CiderVector {
    const weights = counts.map(
      (grams) =>
        new Map([...grams].map(([gram, count]) => [gram, count * (logImages - Math.log(documents.get(gram) ?? 1))])),
    );
    const norms = weights.map((grams) => Math.sqrt([...grams.values()].reduce((sum, weight) => sum + weight ** 2, 0)));
    return { weights, norms, length: [...counts[1]!.values()].reduce((sum, count) => sum + count, 0) };
  }

  function scoreTokens(image: string, tokens: readonly string[]): number {
    const candidate = vectorOf(counter.count(tokens));
    const images = vectors.get(image)!;
    const sum = images.reduce((total, reference) => total + similarity(candidate, reference), 0);
    return (10 * sum) / MAX_N / images.length;
  }

  return {
    scoreTokens,
    score(candidates) {
      const entries = [...candidates];
      const unknown = entries.find(([image]) => !vectors.has(image));
      if (unknown !== undefined)
        throw new AppError('BAD_USER_INPUT', `ciderScorer: image ${unknown[0]} has no references`);
      const tokens = tokenizeCaptions(entries.map(([, caption]) => caption)).map(pythonSplit);
      const images = new Map(entries.map(([image], i) => [image, scoreTokens(image, tokens[i]!)]));
      return { corpus: [...images.values()].reduce((sum, score) => sum + score, 0) / images.size, images };
    },
  };
}

/** Sum of the similarities for n = 1 to 4. */
function similarity(candidate: CiderVector, reference: CiderVector): number {
  const penalty = Math.exp(-((candidate.length - reference.length) ** 2) / (2 * SIGMA ** 2));
  let sum = 0;
  for (let n = 0; n < MAX_N; n++) {
    const other = reference.weights[n]!;
    let product = 0;
    for (const [gram, weight] of candidate.weights[n]!) {
      const shared = other.get(gram);
      // Weights of n-grams that are in all documents are 0, and no weight is below.
      if (shared !== undefined) product += Math.min(weight, shared) * shared;
    }
    const norm = candidate.norms[n]! * reference.norms[n]!;
    sum += (norm === 0 ? product : product / norm) * penalty;
  }
  return sum;
}
