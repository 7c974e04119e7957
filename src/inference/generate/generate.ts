// Decoding of a batch. Each prompt has a search of its own; a step feeds the rows of all that still run.
import { createBeamSearch } from './beamSearch.js';
import type { Decoder, NextTokens, Wanted } from './decoder.js';
import type { GenerationSettings } from './generationSettings.js';
import { createGreedySearch } from './greedySearch.js';
import type { NextRows, NextToken, Search, SearchResult } from './search.js';

export interface GenerateInput {
  /** Full input ids per prompt, image tokens included: the penalties of repetition look at them. Lengths may differ. */
  readonly prompts: readonly (readonly number[])[];
  /** The same for all, or one for each prompt. */
  readonly settings: GenerationSettings | readonly GenerationSettings[];
}

/**
 * Continues every prompt. A prompt's result does not depend on its company in the batch; finished prompts drop out of
 * the steps that follow, and the decoder is disposed of in the end. Equal to transformers 5.18's greedy and beam search.
 */
export async function generate(decoder: Decoder, input: GenerateInput): Promise<SearchResult[]> {
  try {
    return input.prompts.length === 0 ? [] : await search(decoder, input);
  } finally {
    decoder.dispose();
  }
}

async function search(decoder: Decoder, { prompts, settings }: GenerateInput): Promise<SearchResult[]> {
  const { vocabSize } = decoder;
  const scratch = new Float32Array(vocabSize);
  const searches = prompts.map((prompt, i) => {
    const own = isList(settings) ? settings[i]! : settings;
    const create = own.numBeams === 1 ? createGreedySearch : createBeamSearch;
    return create({ prompt, settings: own, scratch });
  });

  // Asked of all rows as soon as one needs them; the others look at their probabilities as ever.
  const wanted = (of: readonly Search[]): Wanted => ({ logits: of.some(({ wantsLogits }) => wantsLogits) });
  let next = await decoder.prefill(wanted(searches));
  let running: { readonly search: Search; readonly firstRow: number; readonly rows: number }[] = searches.map(
    (search, row) => ({ search, firstRow: row, rows: 1 }),
  );
  for (;;) {
    const rowOrder: number[] = [];
    const tokens: number[] = [];
    const still: typeof running = [];
    for (const { search, firstRow, rows } of running) {
      const chosen: NextRows | null = search.advance(rowViews(next, { firstRow, rows, vocabSize }));
      if (chosen === null) continue;
      still.push({ search, firstRow: rowOrder.length, rows: chosen.tokens.length });
      for (const parent of chosen.parents) rowOrder.push(firstRow + parent);
      tokens.push(...chosen.tokens);
    }
    if (still.length === 0) return searches.map((search) => search.result());
    running = still;
    next = await decoder.step(
      Int32Array.from(rowOrder),
      Int32Array.from(tokens),
      wanted(running.map(({ search }) => search)),
    );
  }
}

function rowViews(
  { logProbs, logits }: NextTokens,
  { firstRow, rows, vocabSize }: { firstRow: number; rows: number; vocabSize: number },
): NextToken[] {
  return Array.from({ length: rows }, (_, row) => {
    const view = (all: Float32Array) => all.subarray((firstRow + row) * vocabSize, (firstRow + row + 1) * vocabSize);
    return { logProbs: view(logProbs), logits: logits && view(logits) };
  });
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
