// The toy language model of test/fixtures/decoding (bench/peers/makeDecodingCases.py) as a Decoder with a real cache: each row remembers its ids.
import { readFileSync } from 'node:fs';
import type { Decoder, NextTokens } from '../../../src/inference/generate/decoder.js';

export interface DecodingCases {
  readonly vocabSize: number;
  readonly rows: number;
  readonly table: Float32Array;
  readonly cases: readonly {
    readonly prompts: number[][];
    readonly generation: Record<string, unknown> & { readonly num_beams: number };
    readonly ids: number[][];
    readonly scores: number[];
    readonly logProbs: number[];
  }[];
}

export function readDecodingCases(): DecodingCases {
  const file = new URL('../../fixtures/decoding/cases.json', import.meta.url);
  const json = JSON.parse(readFileSync(file, 'utf8')) as Omit<DecodingCases, 'table'> & { table: string };
  const bytes = Uint8Array.from(Buffer.from(json.table, 'base64'));
  return { ...json, table: new Float32Array(bytes.buffer) };
}

/** `steps` records the number of rows of every call. */
export function createToyDecoder(
  { vocabSize, rows, table }: Pick<DecodingCases, 'vocabSize' | 'rows' | 'table'>,
  prompts: readonly (readonly number[])[],
): Decoder & { readonly steps: number[] } {
  let cache: (readonly number[])[] = prompts.map((prompt) => [...prompt]);
  const steps: number[] = [];
  const next = (): NextTokens => {
    steps.push(cache.length);
    const out = new Float32Array(cache.length * vocabSize);
    const logProbs = new Float32Array(out.length);
    cache.forEach((ids, row) => {
      const a = ids.at(-1)!;
      const b = ids.at(-2) ?? 0;
      const at = (7 * a + 31 * b + 5 * ids.length) % rows;
      const logits = table.subarray(at * vocabSize, (at + 1) * vocabSize);
      out.set(logits, row * vocabSize);
      const own = logProbs.subarray(row * vocabSize, (row + 1) * vocabSize);
      writeLogSoftmax(logits, own);
    });
    return { logits: out, logProbs };
  };
  return {
    vocabSize,
    steps,
    async prefill() {
      return next();
    },
    async step(rowOrder, tokens) {
      cache = Array.from(rowOrder, (from, row) => [...cache[from]!, tokens[row]!]);
      return next();
    },
    dispose() {
      cache = [];
    },
  };
}

/** In float32 steps, as PyTorch; as onnxruntime has it, what is no number stays none, and the rest is as if it were not there. */
function writeLogSoftmax(logits: Float32Array, out: Float32Array): void {
  const numbers = logits.filter((x) => !Number.isNaN(x));
  const max = numbers.reduce((a, b) => Math.max(a, b));
  const logSum = Math.fround(Math.log(numbers.reduce((sum, x) => sum + Math.exp(x - max), 0)));
  logits.forEach((x, i) => {
    out[i] = Math.fround(x - max) - logSum;
  });
}
