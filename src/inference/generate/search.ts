// What greedy and beam search have in common: each is the search for one prompt's continuation and knows only its own
// rows of a batch, so that a batch gives exactly what its prompts give alone.
import type { GenerationSettings } from './generationSettings.js';

/** The continuation of one prompt. */
export interface GeneratedSequence {
  /** Generated ids: the end token included where one was reached, no prompt, no padding. */
  readonly tokenIds: readonly number[];
  /** Natural log-probability of each of them under the model alone, before any rule. */
  readonly tokenLogProbs: readonly number[];
  /** Their sum. */
  readonly logProb: number;
  /** Beam search: transformers' `sequences_scores` (rules and length penalty included). Greedy: `logProb`. */
  readonly score: number;
}

/** What a search found for its prompt. */
export interface SearchResult extends GeneratedSequence {
  /** What else it ended, the best score first: fewer than it has beams; none where it is greedy. */
  readonly others: readonly GeneratedSequence[];
}

/** The rows a search wants next: token r continues the search's row `parents[r]`. */
export interface NextRows {
  readonly parents: readonly number[];
  readonly tokens: readonly number[];
}

export interface Search {
  /** Takes the logits [V] of the rows asked for last (at first: of the prompt alone); null: finished. */
  advance(rows: readonly Float32Array[]): NextRows | null;
  result(): SearchResult;
}

/** What a search is made of. `scratch` [V] may be shared by searches that do not run at the same time. */
export interface SearchInput {
  readonly prompt: readonly number[];
  readonly settings: GenerationSettings;
  readonly scratch: Float32Array;
}
