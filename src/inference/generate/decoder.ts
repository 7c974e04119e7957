// What decoding needs of a model: how likely each next token is. Knows no model; the captioner implements it over its sessions.

/** Of every row: [rows, V], V: vocabulary size. */
export interface NextTokens {
  /** Natural logarithms of the probabilities. */
  readonly logProbs: Float32Array;
  /** What they were made of, where that was asked for. */
  readonly logits?: Float32Array | undefined;
}

export interface Wanted {
  readonly logits: boolean;
}

/** One running batch: B prompts at first, then R rows (a row is one hypothesis of one prompt). */
export interface Decoder {
  readonly vocabSize: number;
  /** What comes after each prompt: B rows. */
  prefill(wanted: Wanted): Promise<NextTokens>;
  /**
   * Feeds one token per row and returns what follows: R rows. `rowOrder[r]` names the row of the call before that row r
   * continues; after `prefill` it names the prompt, which spreads each prompt over its beams. R changes from call to call: the rows of
   * finished prompts are not named again.
   */
  step(rowOrder: Int32Array, tokens: Int32Array, wanted: Wanted): Promise<NextTokens>;
  /** Lets go of what is kept of the batch; nothing is asked of it afterwards. */
  dispose(): void;
}
