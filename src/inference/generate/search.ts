// What greedy and beam search have in common: each is the search for one prompt's continuation and knows only its own
// rows of a batch, so that a batch gives exactly what its prompts give alone.
import type { NextTokens } from './decoder.js';
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

/** How likely each token [V] is to come next in one row. */
export type NextToken = NextTokens;

export interface Search {
  /** Whether it has to see logits, too: what depends on their sign cannot be told from probabilities. */
  readonly wantsLogits: boolean;
  /** Takes the rows asked for last (at first: of the prompt alone); null: finished. Throws AppError BAD_MODEL where they are not numbers. */
  advance(rows: readonly NextToken[]): NextRows | null;
  result(): SearchResult;
}

/** What a search is made of. `scratch` [V] may be shared by searches that do not run at the same time. */
export interface SearchInput {
  readonly prompt: readonly number[];
  readonly settings: GenerationSettings;
  readonly scratch: Float32Array;
}
