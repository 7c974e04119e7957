// BLEU-1..4, ROUGE-L, CIDEr and METEOR of a set of captions, equal to pycocoevalcap 1.2.
import { AppError } from '../errors.js';
import { BLEU_STATISTICS, bleuScore, bleuStatistics } from './bleu.js';
import { overall, type Statistics } from './bootstrap.js';
import { tokenCiderScorer } from './cider.js';
import { METEOR_STATISTICS, meteorScore, meteorScorer } from './meteor.js';
import { readMeteorData } from './meteorData.js';
import { meteorWords } from './meteorNormalize.js';
import { ngramCounter } from './ngrams.js';
import { tokenizeCaptions } from './ptbTokenizer.js';
import { pythonSplit } from './pythonSplit.js';
import { rougeL } from './rougeL.js';
import { tokenizeReferences } from './tokenizeReferences.js';

export interface CaptionScores {
  /** By metric: the score of the whole set. BLEU and METEOR are computed from sums, CIDEr and ROUGE-L are means. */
  readonly corpus: Readonly<Record<string, number>>;
  /** By image, then by metric. In the order of the references. */
  readonly images: ReadonlyMap<string, Readonly<Record<string, number>>>;
  /** What bootstrap.ts needs, items in the order of `images`. CIDEr's document frequencies stay those of all references. */
  readonly statistics: Statistics;
}

export interface ScoreOptions {
  /** A folder or jar with METEOR's data (see meteorData.ts): its synonyms and paraphrases then count too, and the metric's name says so. */
  readonly meteorData?: string;
}

/** Where each metric's numbers begin in an item's statistics. */
const METEOR_AT = BLEU_STATISTICS;
const ROUGE_AT = METEOR_AT + METEOR_STATISTICS;
const CIDER_AT = ROUGE_AT + 1;
const WIDTH = CIDER_AT + 1;

/**
 * Scores one caption an image against its references, all as written. Throws BAD_USER_INPUT where an image has a candidate and no references, or
 * references and no candidate, and where METEOR's data cannot be read.
 */
export function scoreCaptions(
  references: ReadonlyMap<string, readonly string[]>,
  candidates: ReadonlyMap<string, string>,
  options: ScoreOptions = {},
): CaptionScores {
  return scoreCaptionSets(references, [candidates], options)[0]!;
}

/** Scores several sets of candidates against the same references; what depends on the references alone is computed once. */
export function scoreCaptionSets(
  references: ReadonlyMap<string, readonly string[]>,
  sets: readonly ReadonlyMap<string, string>[],
  { meteorData }: ScoreOptions = {},
): CaptionScores[] {
  for (const candidates of sets) checkPairs(references, candidates);
  const images = [...references.keys()];
  const tokens = tokenizeReferences(references);
  const words = new Map([...tokens].map(([image, captions]) => [image, captions.map(pythonSplit)]));
  const candidateTokens = sets.map((candidates) => tokenizeCaptions(images.map((image) => candidates.get(image)!)));
  const everything = [...[...tokens.values()].flat(), ...candidateTokens.flat()];
  const meteor = meteorScorer(meteorData === undefined ? {} : readMeteorData(meteorData, meteorVocabulary(everything)));
  const cider = tokenCiderScorer(words);
  const counter = ngramCounter();

  function score(image: string, candidate: readonly string[]): Float64Array {
    const item = new Float64Array(WIDTH);
    const candidateWords = pythonSplit(candidate);
    item.set(bleuStatistics(counter, candidateWords, words.get(image)!));
    item.set(
      meteor.statistics(
        candidate.join(' '),
        tokens.get(image)!.map((caption) => caption.join(' ')),
      ),
      METEOR_AT,
    );
    item[ROUGE_AT] = rougeL(candidate, tokens.get(image)!);
    item[CIDER_AT] = cider.scoreTokens(image, candidateWords);
    return item;
  }

  return candidateTokens.map((captions) => {
    const items = new Float64Array(images.length * WIDTH);
    const statistics: Statistics = { items, width: WIDTH, figures: figuresOf(meteor.name) };
    const scores = images.map((image, i): [string, Record<string, number>] => {
      const item = score(image, captions[i]!);
      items.set(item, i * WIDTH);
      return [image, overall({ ...statistics, items: item })];
    });
    return { corpus: overall(statistics), images: new Map(scores), statistics };
  });
}

function meteorVocabulary(captions: readonly (readonly string[])[]): ReadonlySet<string> {
  return new Set(captions.flatMap((caption) => meteorWords(caption.join(' '))));
}

function figuresOf(meteorName: string): Statistics['figures'] {
  return {
    ...Object.fromEntries([1, 2, 3, 4].map((n) => [`BLEU-${n}`, (sums: Float64Array) => bleuScore(sums, n)])),
    'ROUGE-L': (sums, count) => sums[ROUGE_AT]! / count,
    CIDEr: (sums, count) => sums[CIDER_AT]! / count,
    [meteorName]: (sums) => meteorScore(sums.subarray(METEOR_AT, METEOR_AT + METEOR_STATISTICS)),
  };
}

function checkPairs(references: ReadonlyMap<string, readonly string[]>, candidates: ReadonlyMap<string, string>): void {
  if (references.size === 0) throw new AppError('BAD_USER_INPUT', 'scoreCaptions: expected references, got none');
  for (const [image, captions] of references) {
    if (captions.length === 0) throw new AppError('BAD_USER_INPUT', `scoreCaptions: image ${image} has no references`);
    if (!candidates.has(image)) throw new AppError('BAD_USER_INPUT', `scoreCaptions: image ${image} has no candidate`);
  }
  for (const image of candidates.keys()) {
    if (!references.has(image)) throw new AppError('BAD_USER_INPUT', `scoreCaptions: image ${image} has no references`);
  }
}
