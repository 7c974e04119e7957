// Products by quantized weights, as onnxruntime computes them, beside the products by what these stand for.
import { describe, expect, it } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { constant, copyGraph, createGraph, type Graph, initializer, input, output } from '../../src/onnx/graph.js';
import { numberToHalf } from '../../src/onnx/half.js';
import { FusedMatMul } from '../../src/onnx/ops/contraction.js';
import { Add, Cast, Relu } from '../../src/onnx/ops/elementwise.js';
import { Gather } from '../../src/onnx/ops/layout.js';
import { sumsOverflow } from '../../src/onnx/overflowTrial.js';
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

describe.each(['int4 blocks', 'int8 blocks', 'int8 rows'] as const)('quantizeProducts to %s', (format) => {
  const rows = format === 'int8 rows';
  /** What a product becomes. */
  const operatorsOf = rows
    ? ['ReduceMax', 'ReduceMin', 'Neg', 'Max', 'Div', 'QuantizeLinear', 'Transpose', 'MatMulIntegerToFloat', 'Mul']
    : ['MatMulNBits'];
  /** Another one of the same rows: by another matrix, or by the same. */
  const next = rows ? operatorsOf.slice(-3) : operatorsOf;

  it('has onnxruntime multiply by the matrix, each column by its own steps', async () => {
    const graph = createGraph('product');
    output(
      'result',
      FusedMatMul(input(graph, 'x', 'float32', [K, K]), constant(graph, matrix, [N, K]), { transB: true }),
    );
    await quantizeProducts(graph, format);
    expect(operators(graph)).toEqual(operatorsOf);
    // One 1 a row: the activations' own 8 bits lose nothing of it, so that what comes out is the matrix.
    const unit = Float32Array.from({ length: K * K }, (_, i) => Number(i % (K + 1) === 0));
    const found = await run(graph, { x: floats(unit, [K, K]) });
    const wanted = Float32Array.from({ length: K * N }, (_, i) => matrix[(i % N) * K + Math.floor(i / N)]!);
    // Half a step of the largest that a block of 32 such numbers holds.
    expect(maxDifference(found, wanted)).toBeLessThan(format === 'int4 blocks' ? 0.3 : 0.015);
  });

  it('takes weights that are stored as float16, and is near what they give', async () => {
    const graph = createGraph('product');
    const data = new Uint8Array(Uint16Array.from(matrix, numberToHalf).buffer);
    const weight = Cast(initializer(graph, { name: 'w', dtype: 'float16', shape: [N, K], data }), 'float32');
    const product = FusedMatMul(input(graph, 'x', 'float32', [ROWS, K]), weight, { transB: true });
    output('result', Add(product, product));
    const quantized = copyGraph(graph);
    await quantizeProducts(quantized, format);
    expect(operators(quantized)).toEqual([...operatorsOf, 'Add']);
    expect([...quantized.initializers.keys()]).toEqual(expect.arrayContaining([`w in ${format}`, 'w scales']));
    expect([...quantized.initializers.keys()]).not.toContain('w');
    const feeds = { x: floats(Float32Array.from({ length: ROWS * K }, normals(3)), [ROWS, K]) };
    const [wanted, found] = [await run(graph, feeds), await run(quantized, feeds)];
    const error = Math.hypot(...found.map((value, i) => value - wanted[i]!)) / Math.hypot(...wanted);
    // The rounding of 8 and of 4 bits, by largest / (2^bits sqrt(12)) of numbers of a block of 32, and of the activations' 8.
    expect(error).toBeLessThan(format === 'int4 blocks' ? 0.12 : rows ? 0.02 : 0.012);
  });

  it('leaves a table that rows are picked from, and the head that shares it gets bits of its own', async () => {
    const graph = createGraph('tied');
    const table = constant(graph, matrix, [N, K]);
    const picked = Gather(table, input(graph, 'ids', 'int64', [ROWS]));
    const again = FusedMatMul(picked, table, { transB: true });
    output('result', Add(FusedMatMul(picked, table, { transB: true }), again));
    await quantizeProducts(graph, format);
    expect(operators(graph)).toEqual(['Gather', ...operatorsOf, ...next, 'Add']);
    expect([...graph.initializers.keys()].filter((name) => / in int/.test(name))).toHaveLength(1);
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
    await quantizeProducts(graph, format);
    expect(operators(graph)).toEqual(['FusedMatMul']);
  });
});

describe('products of whole numbers', () => {
  const weights = Float32Array.from({ length: N * K }, normals(5));
  /** x W^T, of what a ReLU lets through where `positive`. */
  async function products(x: Float32Array, options: { signed?: boolean; positive?: boolean } = {}) {
    const graph = createGraph('rows');
    const given = input(graph, 'x', 'float32', ['B', K]);
    const from = options.positive ? Relu(given) : given;
    output('result', FusedMatMul(from, constant(graph, weights, [N, K]), { transB: true }));
    await quantizeProducts(graph, 'int8 rows', { signed: options.signed ?? true });
    return { graph, result: await run(graph, { x: floats(x, [x.length / K, K]) }) };
  }
  const x = Float32Array.from({ length: ROWS * K }, normals(6));

  it('give a row what they give it alone, however large its company is', async () => {
    const large = x.map((value, i) => (i < K ? value : 1000 * value));
    const alone = await products(x.slice(0, K));
    expect((await products(large)).result.slice(0, N)).toEqual(alone.result);
  });

  it('give the same where numbers have to be given without sign', async () => {
    const [signed, unsigned] = [await products(x), await products(x, { signed: false })];
    expect([...unsigned.graph.initializers.values()].map(({ value }) => value.dtype)).not.toContain('int8');
    // Where sums do not overflow, both ways are exact.
    expect(maxDifference(signed.result, unsigned.result) > 0).toBe(await sumsOverflow());
  });

  it('round what comes out of a ReLU in half the steps, and nothing to something', async () => {
    const positive = x.map(Math.abs);
    const exact = (of: Float32Array) =>
      Float32Array.from({ length: ROWS * N }, (_, i) => {
        const [row, column] = [Math.floor(i / N), i % N];
        return Array.from({ length: K }, (__, k) => of[row * K + k]! * weights[column * K + k]!).reduce(
          (a, b) => a + b,
        );
      });
    const off = (found: Float32Array, of: Float32Array) => {
      const wanted = exact(of);
      return Math.hypot(...found.map((value, i) => value - wanted[i]!));
    };
    const [fine, coarse] = [await products(positive, { positive: true }), await products(positive)];
    expect(off(fine.result, positive)).toBeLessThan(off(coarse.result, positive));
    expect([...(await products(new Float32Array(K))).result]).toEqual(Array(N).fill(0));
  });

  it('leave what is to keep its numbers', async () => {
    const graph = createGraph('kept');
    const weight = initializer(graph, {
      name: 'w',
      dtype: 'float32',
      shape: [N, K],
      data: new Uint8Array(weights.buffer),
    });
    output('result', FusedMatMul(input(graph, 'x', 'float32', [1, K]), weight, { transB: true }));
    await quantizeProducts(graph, 'int8 rows', { keeps: (name) => name === 'w' });
    expect(operators(graph)).toEqual(['FusedMatMul']);
  });
});
