// Where a caption came from. Letters: N queries, g patches along a side of the picture.
import type { CaptionResult } from '../inference.js';

/** How one query's attention is spread over the picture; everything together sums to 1. */
export interface QueryAttention {
  /** To the class token. */
  readonly classToken: number;
  /** To the cells of pooled grids (ECMA), coarse to fine: side * side each, row by row. */
  readonly scales: readonly { readonly side: number; readonly cells: readonly number[] }[];
  /** To the patches, g * g, row by row. */
  readonly patches: readonly number[];
}

/** The attention of a Q-Former layer's queries, mean over heads. */
export interface LayerAttention {
  readonly layer: number;
  /** N */
  readonly queries: readonly QueryAttention[];
}

export interface EcmaLayerExplanation extends LayerAttention {
  /** tanh(alpha): by how much the layer's additions are multiplied; 0 in a fresh adapter. */
  readonly strength: number;
  /** Mean of the gate over channels, by query, 0..1; null where the adapter has no gates. */
  readonly gates: readonly number[] | null;
  /** Length of what the layer adds to each query over the query's own length. */
  readonly changes: readonly number[];
}

export interface ExplainedWord {
  readonly text: string;
  /** Where it begins in the caption, in UTF-16 code units. */
  readonly start: number;
  readonly tokenIds: readonly number[];
  /** Sum of the natural log-probabilities that the model gives its tokens, whatever rules decoding followed. */
  readonly logProb: number;
  /** Share of the language model's attention that lay on the queries, rather than on the text, when it chose the word. */
  readonly pictureShare: number;
  /** What each query counts for this word, N, summing to 1. */
  readonly queries: readonly number[];
  /** Where those queries look: the picture's patches, g * g, mean over layers; sums to what does not go to the class token. */
  readonly map: readonly number[];
  /** Where ECMA's additions to those queries come from, all scales together; null where it adds nothing. */
  readonly ecmaMap: readonly number[] | null;
}

/**
 * How queries are weighed for a word: by the language model's attention to them when it chose the word (mean over heads and
 * layers), or by how much less probable the word gets when the model cannot see the query.
 */
export type QueryWeights = 'attention' | 'effect';

export interface CaptionExplanation {
  readonly caption: string;
  readonly tokenIds: CaptionResult['tokenIds'];
  readonly weights: QueryWeights;
  /** g */
  readonly grid: number;
  readonly words: readonly ExplainedWord[];
  readonly crossAttention: readonly LayerAttention[];
  /** null without an adapter. */
  readonly ecma: readonly EcmaLayerExplanation[] | null;
  readonly modelDigest: string;
  readonly adapterDigest: string;
}
