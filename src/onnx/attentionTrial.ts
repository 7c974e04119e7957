// Whether a provider computes attention as the CPU does. A provider can be wrong in one of its kernels only, and which of
// them runs depends on the lengths, so it is tried at those that choose another one, in all the forms that models here use.
// The fault that this was made for: onnxruntime 1.30's WebGPU kernel for 32 and more queries over more than 4 keys, with heads
// of a width that 4 divides (flash_attention.wgsl), goes through the keys in steps of the device's subgroup size but reckons
// with at least eight a step. Subgroups of SwiftShader are of four.
import * as ort from 'onnxruntime-node';
import { createGraph, type Graph, input, output } from './graph.js';
import { MultiHeadAttention } from './ops/contraction.js';
import { plainReason } from './plainReason.js';
import { type AttentionForm, createSession, type Provider, type SessionOptions } from './session.js';

interface Shape {
  readonly batch: number;
  readonly queries: number;
  readonly keys: number;
  /** Places of the cache before the keys; undefined: without a cache. */
  readonly past?: number;
  readonly heads: number;
  readonly headWidth: number;
  readonly bias?: boolean;
}

const SHAPES: readonly Shape[] = [
  // An encoder of texts; a Q-Former's queries over a picture; a vision tower.
  { batch: 2, queries: 9, keys: 9, heads: 2, headWidth: 16, bias: true },
  { batch: 2, queries: 32, keys: 50, heads: 4, headWidth: 8 },
  { batch: 1, queries: 65, keys: 130, heads: 2, headWidth: 64 },
  // A language model: the prompt, with nothing before it; a token after it.
  { batch: 2, queries: 40, keys: 40, past: 0, heads: 2, headWidth: 16, bias: true },
  { batch: 2, queries: 1, keys: 1, past: 40, heads: 2, headWidth: 16, bias: true },
];
/** Right kernels were off by 4e-7 at most, wrong ones by 0.01 and more; between them lies what GPUs round more coarsely. */
const TOLERANCE = 1e-3;

/** What is wrong with a provider's attention, undefined where nothing is. */
export async function attentionFault(provider: Provider, attention: AttentionForm): Promise<string | undefined> {
  try {
    for (const shape of SHAPES) {
      const actual = await compute(shape, { provider, attention, threads: 1 });
      const expected = await compute(shape, { provider: 'cpu', threads: 1 });
      const worst = actual.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i]!)), 0);
      // Written so that NaN is a fault too.
      if (!(worst <= TOLERANCE)) return `attention of ${shape.queries} places is ${worst.toFixed(4)} off the CPU's`;
    }
    return undefined;
  } catch (error) {
    return plainReason(error);
  }
}

/** All results, one after the other: what was attended to, and with a cache the longer one. */
async function compute(shape: Shape, options: SessionOptions): Promise<number[]> {
  const graph = attentionOf(shape);
  const session = await createSession(graph, options);
  try {
    const results = await session.run(Object.fromEntries(graph.inputs.map((value, i) => [value.name, wave(value, i)])));
    return Object.keys(results)
      .sort()
      .flatMap((name) => [...(results[name]!.data as Float32Array)]);
  } finally {
    await session.dispose();
  }
}

function attentionOf({ batch, queries, keys, past, heads, headWidth, bias }: Shape): Graph {
  const graph = createGraph('trial');
  const width = heads * headWidth;
  const cached = (name: string) => input(graph, name, 'float32', [batch, heads, past ?? 0, headWidth]);
  const result = MultiHeadAttention({
    query: input(graph, 'query', 'float32', [batch, queries, width]),
    key: input(graph, 'key', 'float32', [batch, keys, width]),
    value: input(graph, 'value', 'float32', [batch, keys, width]),
    numHeads: heads,
    ...(bias ? { attentionBias: input(graph, 'bias', 'float32', [batch, 1, queries, (past ?? 0) + keys]) } : {}),
    ...(past === undefined ? {} : { past: { key: cached('past_key'), value: cached('past_value') } }),
  });
  output('attended', result.output);
  if (result.present !== undefined) {
    output('present_key', result.present.key);
    output('present_value', result.present.value);
  }
  return graph;
}

/** Numbers from -1 to 1 that look like chance; another stretch for each input. */
function wave({ shape }: Graph['inputs'][number], stretch: number): ort.Tensor {
  const dims = shape.map(Number);
  const length = dims.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length }, (_, i) => Math.sin((i + 1) * (stretch + 1) * 12.9898));
  return new ort.Tensor('float32', data, dims);
}
