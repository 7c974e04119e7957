// A graph without FusedMatMul gives what it gave with it.
import { describe, expect, it } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { constant, copyGraph, createGraph, type Graph, input, output, type Shape } from '../../src/onnx/graph.js';
import { lowerProducts } from '../../src/onnx/lowerProducts.js';
import { FusedMatMul } from '../../src/onnx/ops/contraction.js';
import { Add } from '../../src/onnx/ops/elementwise.js';
import { createSession } from '../../src/onnx/session.js';
import { maxDifference } from '../support/closeness.js';
import { normals } from '../support/random.js';

const [B, S, T, W] = [2, 3, 5, 4];

function tensor(shape: Shape, seed: number): ort.Tensor {
  const dims = shape.map(Number);
  const length = dims.reduce((a, b) => a * b, 1);
  return new ort.Tensor('float32', Float32Array.from({ length }, normals(seed)), dims);
}

async function run(graph: Graph): Promise<ort.Tensor> {
  const session = await createSession(graph, { provider: 'cpu', threads: 1 });
  const feeds = Object.fromEntries(graph.inputs.map(({ name, shape }, i) => [name, tensor(shape, i)]));
  const { result } = await session.run(feeds);
  await session.dispose();
  return result!;
}

describe('lowerProducts', () => {
  it.each([
    ['by a weight as it is stored', [B, S, W], [T, W], { transB: true }],
    ['of two that were computed, scaled', [B, S, W], [B, T, W], { transB: true, alpha: 0.3 }],
    ['with the first transposed', [B, W, S], [B, W, T], { transA: true }],
    ['with none transposed', [B, S, W], [B, W, T], {}],
  ] as const)('gives what the fused operator gives: a product %s', async (_, a, b, options) => {
    const graph = createGraph('product');
    const right =
      b.length === 2 ? constant(graph, tensor(b, 9).data as Float32Array, b) : input(graph, 'b', 'float32', b);
    const product = FusedMatMul(input(graph, 'a', 'float32', a), right, options);
    // Something after it that knows its result by name.
    output('result', Add(product, product));
    const lowered = copyGraph(graph);
    lowerProducts(lowered);
    expect(lowered.nodes.map(({ opType }) => opType)).not.toContain('FusedMatMul');
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(['FusedMatMul', 'Add']);
    const [expected, found] = [await run(graph), await run(lowered)];
    expect(found.dims).toEqual(expected.dims);
    expect(maxDifference(found.data as Float32Array, expected.data as Float32Array)).toBeLessThan(2e-6);
  });
});
