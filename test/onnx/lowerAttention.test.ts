// A lowered graph gives what onnxruntime's fused attention gives.
import { describe, expect, it } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { dropUnused } from '../../src/onnx/dropUnused.js';
import { createGraph, type Graph, input, output, type Value } from '../../src/onnx/graph.js';
import { lowerAttention } from '../../src/onnx/lowerAttention.js';
import { FusedMatMul, MultiHeadAttention } from '../../src/onnx/ops/contraction.js';
import { Add } from '../../src/onnx/ops/elementwise.js';
import { Split } from '../../src/onnx/ops/layout.js';
import { type AttentionForm, createSession } from '../../src/onnx/session.js';
import { maxDifference } from '../support/closeness.js';
import { normals } from '../support/random.js';

const [B, S, T, P, H, DH] = [2, 3, 5, 4, 2, 6];
const WIDTH = H * DH;

function build(has: { bias: boolean; past: boolean }): Graph {
  const graph = createGraph('attention');
  const own = has.past ? S : T;
  const result = MultiHeadAttention({
    query: input(graph, 'query', 'float32', [B, S, WIDTH]),
    key: input(graph, 'key', 'float32', [B, own, WIDTH]),
    value: input(graph, 'value', 'float32', [B, own, WIDTH]),
    numHeads: H,
    ...(has.bias ? { attentionBias: input(graph, 'bias', 'float32', [1, 1, S, has.past ? P + S : T]) } : {}),
    ...(has.past
      ? {
          past: {
            key: input(graph, 'past_key', 'float32', [B, H, P, DH]),
            value: input(graph, 'past_value', 'float32', [B, H, P, DH]),
          },
        }
      : {}),
  });
  // Something after it that knows its result by name.
  output('result', Add(result.output, result.output));
  if (result.present !== undefined) {
    output('present_key', result.present.key);
    output('present_value', result.present.value);
  }
  return graph;
}

async function run(graph: Graph, attention: AttentionForm = 'fused'): Promise<Record<string, ort.Tensor>> {
  const random = normals(3);
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, shape }) => {
      const dims = shape.map(Number);
      const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, random);
      return [name, new ort.Tensor('float32', data, dims)];
    }),
  );
  const session = await createSession(graph, { provider: 'cpu', attention, threads: 1 });
  const results = await session.run(feeds);
  await session.dispose();
  return results;
}

describe('lowerAttention', () => {
  it.each([
    { bias: false, past: false },
    { bias: true, past: false },
    { bias: false, past: true },
    { bias: true, past: true },
  ])('gives what the fused operator gives (%j)', async (has) => {
    const fused = await run(build(has));
    const graph = build(has);
    const lowered = lowerAttention(graph);
    expect([...lowered.values()].map(({ hasPast, scale }) => [hasPast, scale])).toEqual([
      [has.past, 1 / Math.sqrt(DH)],
    ]);
    expect(graph.nodes.map(({ opType }) => opType)).not.toContain('MultiHeadAttention');
    const found = await run(graph);
    expect(Object.keys(found)).toEqual(Object.keys(fused));
    for (const [name, { data, dims }] of Object.entries(fused)) {
      expect(found[name]!.dims).toEqual(dims);
      expect(maxDifference(found[name]!.data as Float32Array, data as Float32Array)).toBeLessThan(2e-6);
    }
  });

  it.each([{ biased: true }, { biased: false }])(
    'has a linear layer give query, key and value by heads, without it turning them over (%j)',
    async ({ biased }) => {
      const graph = createGraph('packed');
      const x = input(graph, 'x', 'float32', [B, T, WIDTH]);
      const product = FusedMatMul(x, input(graph, 'weight', 'float32', [3 * WIDTH, WIDTH]), { transB: true });
      const packed = biased ? Add(product, input(graph, 'bias', 'float32', [3 * WIDTH])) : product;
      const [query, key, value] = Split(packed, { axis: 2, lengths: [WIDTH, WIDTH, WIDTH] }) as [Value, Value, Value];
      const { output: attended } = MultiHeadAttention({ query, key, value, numHeads: H });
      output('result', Add(attended, attended));
      const expected = await run(graph);
      expect(lowerAttention(graph, { byHeads: true }).get(attended.name)?.packed).toBe(packed.name);
      dropUnused(graph);
      // Of the context alone.
      expect(graph.nodes.filter(({ opType }) => opType === 'Transpose')).toHaveLength(1);
      const [found, wanted] = [await run(graph), expected].map(({ result }) => result!.data as Float32Array);
      expect(maxDifference(found!, wanted!)).toBeLessThan(2e-6 * Math.max(...wanted!.map(Math.abs)));
    },
  );

  it('is what a session is made of where that is asked for, and leaves the graph that it was given alone', async () => {
    const graph = build({ bias: true, past: true });
    const fused = await run(graph);
    const lowered = await run(graph, 'lowered');
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(['MultiHeadAttention', 'Add']);
    for (const [name, { data }] of Object.entries(fused)) {
      expect(maxDifference(lowered[name]!.data as Float32Array, data as Float32Array)).toBeLessThan(2e-6);
    }
  });
});
