// Products by quantized weights, as onnxruntime computes them, beside the products by what these stand for.
import { describe, expect, it } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { constant, copyGraph, createGraph, type Graph, initializer, input, output } from '../../src/onnx/graph.js';
import { numberToHalf } from '../../src/onnx/half.js';
import { FusedMatMul } from '../../src/onnx/ops/contraction.js';
import { Add, Cast } from '../../src/onnx/ops/elementwise.js';
import { Gather } from '../../src/onnx/ops/layout.js';
import { quantizeProducts } from '../../src/onnx/quantizeProducts.js';
import { createSession } from '../../src/onnx/session.js';
import { floats, ids } from '../../src/onnx/tensors.js';
import { maxDifference } from '../support/closeness.js';
import { normals } from '../support/random.js';

/** 40: the second block of a row is not full. */
const [ROWS, N, K] = [3, 6, 40];
const matrix = Float32Array.from({ length: N * K }, normals(2));

async function run(graph: Graph, feeds: Record<string, ort.Tensor>): Promise<Float32Array> {
  const session = await createSession(graph, { provider: 'cpu', threads: 1 });
  const { result } = await session.run(feeds);
  await session.dispose();
  return result!.data as Float32Array;
}

const operators = (graph: Graph) => graph.nodes.map(({ opType }) => opType);

describe.each([4, 8] as const)('quantizeProducts to %i bits', (bits) => {
  it('has onnxruntime multiply by the matrix, each column by its own steps', async () => {
    const graph = createGraph('product');
    output(
      'result',
      FusedMatMul(input(graph, 'x', 'float32', [K, K]), constant(graph, matrix, [N, K]), { transB: true }),
    );
    await quantizeProducts(graph, bits);
    expect(operators(graph)).toEqual(['MatMulNBits']);
    // One 1 a row: the activations' own 8 bits lose nothing of it, so that what comes out is the matrix.
    const unit = Float32Array.from({ length: K * K }, (_, i) => Number(i % (K + 1) === 0));
    const found = await run(graph, { x: floats(unit, [K, K]) });
    const wanted = Float32Array.from({ length: K * N }, (_, i) => matrix[(i % N) * K + Math.floor(i / N)]!);
    // Half a step of the largest that a block of 32 such numbers holds.
    expect(maxDifference(found, wanted)).toBeLessThan(bits === 8 ? 0.015 : 0.3);
  });

  it('takes weights that are stored as float16, and is near what they give', async () => {
    const graph = createGraph('product');
    const data = new Uint8Array(Uint16Array.from(matrix, numberToHalf).buffer);
    const weight = Cast(initializer(graph, { name: 'w', dtype: 'float16', shape: [N, K], data }), 'float32');
    const product = FusedMatMul(input(graph, 'x', 'float32', [ROWS, K]), weight, { transB: true });
    output('result', Add(product, product));
    const quantized = copyGraph(graph);
    await quantizeProducts(quantized, bits);
    expect(operators(quantized)).toEqual(['MatMulNBits', 'Add']);
    expect([...quantized.initializers.keys()]).toEqual([`w in ${bits} bits`, 'w scales']);
    const feeds = { x: floats(Float32Array.from({ length: ROWS * K }, normals(3)), [ROWS, K]) };
    const [wanted, found] = [await run(graph, feeds), await run(quantized, feeds)];
    const error = Math.hypot(...found.map((value, i) => value - wanted[i]!)) / Math.hypot(...wanted);
    // The rounding of 8 and of 4 bits, by largest / (2^bits sqrt(12)) of numbers of a block of 32, and of the activations' 8.
    expect(error).toBeLessThan(bits === 8 ? 0.012 : 0.12);
  });

  it('leaves a table that rows are picked from, and the head that shares it gets bits of its own', async () => {
    const graph = createGraph('tied');
    const table = constant(graph, matrix, [N, K]);
    const picked = Gather(table, input(graph, 'ids', 'int64', [ROWS]));
    const again = FusedMatMul(picked, table, { transB: true });
    output('result', Add(FusedMatMul(picked, table, { transB: true }), again));
    await quantizeProducts(graph, bits);
    expect(operators(graph)).toEqual(['Gather', 'MatMulNBits', 'MatMulNBits', 'Add']);
    expect(graph.initializers.size).toBe(3);
    expect(await run(graph, { ids: ids([0, 5, 2]) })).toHaveLength(ROWS * N);
  });

  it.each([
    ['of what was computed', { transB: true }, [N, K]],
    ['by a matrix that is not turned over', {}, [K, N]],
    ['that is scaled', { transB: true, alpha: 0.5 }, [N, K]],
  ] as const)('leaves a product %s', async (what, options, shape) => {
    const graph = createGraph('product');
    const x = input(graph, 'x', 'float32', [ROWS, K]);
    const weight =
      what === 'of what was computed' ? input(graph, 'w', 'float32', shape) : constant(graph, matrix, shape);
    output('result', FusedMatMul(x, weight, options));
    await quantizeProducts(graph, bits);
    expect(operators(graph)).toEqual(['FusedMatMul']);
  });
});
