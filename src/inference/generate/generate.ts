// Decoding of a batch. Each prompt has a search of its own; a step feeds the rows of all that still run.
import { createBeamSearch } from './beamSearch.js';
import type { Decoder } from './decoder.js';
import type { GenerationSettings } from './generationSettings.js';
import { createGreedySearch } from './greedySearch.js';
import type { NextRows, Search, SearchResult } from './search.js';

export interface GenerateInput {
  /** Full input ids per prompt, image tokens included: the penalties of repetition look at them. Lengths may differ. */
  readonly prompts: readonly (readonly number[])[];
  /** The same for all, or one for each prompt. */
  readonly settings: GenerationSettings | readonly GenerationSettings[];
}

/**
 * Continues every prompt. A prompt's result does not depend on its company in the batch; finished prompts drop out of
 * the steps that follow. Equal to transformers 5.18's greedy and beam search.
 */
export async function generate(decoder: Decoder, { prompts, settings }: GenerateInput): Promise<SearchResult[]> {
  if (prompts.length === 0) return [];
  const { vocabSize } = decoder;
  const scratch = new Float32Array(vocabSize);
  const searches = prompts.map((prompt, i) => {
    const own = isList(settings) ? settings[i]! : settings;
    const create = own.numBeams === 1 ? createGreedySearch : createBeamSearch;
    return create({ prompt, settings: own, scratch });
  });

  let logits = await decoder.prefill();
  let running: { readonly search: Search; readonly firstRow: number; readonly rows: number }[] = searches.map(
    (search, row) => ({ search, firstRow: row, rows: 1 }),
  );
  for (;;) {
    const rowOrder: number[] = [];
    const tokens: number[] = [];
    const still: typeof running = [];
    for (const { search, firstRow, rows } of running) {
      const next: NextRows | null = search.advance(rowViews(logits, { firstRow, rows, vocabSize }));
      if (next === null) continue;
      still.push({ search, firstRow: rowOrder.length, rows: next.tokens.length });
      for (const parent of next.parents) rowOrder.push(firstRow + parent);
      tokens.push(...next.tokens);
    }
    if (still.length === 0) return searches.map((search) => search.result());
    running = still;
    logits = await decoder.step(Int32Array.from(rowOrder), Int32Array.from(tokens));
  }
}

function rowViews(
  logits: Float32Array,
  { firstRow, rows, vocabSize }: { firstRow: number; rows: number; vocabSize: number },
): Float32Array[] {
  return Array.from({ length: rows }, (_, row) =>
    logits.subarray((firstRow + row) * vocabSize, (firstRow + row + 1) * vocabSize),
  );
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
