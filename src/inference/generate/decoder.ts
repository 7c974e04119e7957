// What decoding needs of a model: logits of the next token. Knows no model; the captioner implements it over its sessions.

/** One running batch: B prompts at first, then R rows (a row is one hypothesis of one prompt). V: vocabulary size. */
export interface Decoder {
  readonly vocabSize: number;
  /** Logits of the next token after each prompt: [B, V]. */
  prefill(): Promise<Float32Array>;
  /**
   * Feeds one token per row and returns the logits that follow: [R, V]. `rowOrder[r]` names the row of the call before
   * that row r continues, by which the cache is gathered; after `prefill` it names the prompt, which spreads each
   * prompt over its beams. R changes from call to call: the rows of finished prompts are not named again.
   */
  step(rowOrder: Int32Array, tokens: Int32Array): Promise<Float32Array>;
}
