// What the language model is fed of prompts.
import { floats, ids } from '../../onnx/tensors.js';
import { HIDDEN } from '../layers/layers.js';

export interface Prompts {
  /** Embedded queries [B, N, E], flat. */
  readonly prefix: Float32Array;
  readonly numQueries: number;
  /** Ids of each row's prompt, the N places of its queries first (whatever id stands for them). */
  readonly prompts: readonly (readonly number[])[];
}

/** Prompts of different lengths side by side: the places of the longest, and how many each has of padding, on its left. */
export function alignPrompts(prompts: readonly (readonly number[])[]): {
  readonly places: number;
  readonly padding: number[];
} {
  const places = Math.max(...prompts.map((prompt) => prompt.length));
  return { places, padding: prompts.map((prompt) => places - prompt.length) };
}

/** decoderGraph's inputs at the prompt [B, S] but for the past, `width` numbers an embedding; padding is hidden from every place. */
export function promptFeeds({ prefix, numQueries, prompts }: Prompts, width: number) {
  const rows = prompts.length;
  const { places, padding } = alignPrompts(prompts);
  const grid = (value: (row: number, place: number) => number) =>
    Array.from({ length: rows * places }, (_, i) => value(Math.floor(i / places), i % places));
  const tokens = grid((b, s) => prompts[b]![s - padding[b]!] ?? 0);
  const source = grid((b, s) => {
    const place = s - padding[b]!;
    return place >= 0 && place < numQueries ? places + place : s;
  });
  const positions = grid((b, s) => Math.max(0, s - padding[b]!));
  const bias = new Float32Array(rows * places * places);
  for (let b = 0; b < rows; b += 1) {
    for (let s = 0; s < places; s += 1) {
      const row = (b * places + s) * places;
      bias.fill(HIDDEN, row, row + padding[b]!);
      bias.fill(HIDDEN, row + s + 1, row + places);
    }
  }
  return {
    input_ids: ids(tokens, [rows, places]),
    prefix: floats(prefix, [rows, numQueries, width]),
    source: ids(source, [rows, places, 1]),
    position_ids: ids(positions, [rows, places]),
    attention_bias: floats(bias, [rows, 1, places, places]),
  };
}
