// Every operator's gradient against central finite differences, both computed by onnxruntime.
import { describe, expect, test } from '@jest/globals';
import { constant, createGraph, type Graph, input, int64, node, type Value } from '../../../src/onnx/graph.js';
import * as contraction from '../../../src/onnx/ops/contraction.js';
import * as elementwise from '../../../src/onnx/ops/elementwise.js';
import * as layout from '../../../src/onnx/ops/layout.js';
import { RULES } from '../../../src/training/autodiff/rules.js';
import { lossAndGradients } from '../../../src/training/lossAndGradients.js';
import { createStore } from '../../../src/training/parameterStore.js';
import { normals } from '../../support/random.js';

interface Case {
  readonly op: string;
  readonly shapes: readonly (readonly number[])[];
  readonly build: (...x: Value[]) => Value;
  /** Turns standard normal numbers into the operator's domain. */
  readonly domain?: (x: number) => number;
}

const { Add, Sub, Mul, Div, Max, Relu, Sigmoid, Tanh, Gelu, Cast, Exp, Softplus } = elementwise;
const { MatMul, FusedMatMul, LayerNormalization, Softmax, LogSoftmax, MultiHeadAttention } = contraction;
const { Concat, expandBatch, Gather, Reshape, Slice, Split, Transpose } = layout;
const positive = (x: number) => 0.5 + Math.abs(x);
/** Away from the kink at 0, by more than the step of the differences. */
const offZero = (x: number) => x + 0.2 * Math.sign(x);
/** The largest of a few is then larger than the next by more than the step of the differences. */
const apart = (x: number) => 10 * x;
const reductions = {
  ReduceSum: contraction.ReduceSum,
  ReduceMean: contraction.ReduceMean,
  ReduceMax: contraction.ReduceMax,
  ReduceL2: contraction.ReduceL2,
};
const products = [false, true].flatMap((transA) =>
  [false, true].map(
    (transB): Case => ({
      op: 'FusedMatMul',
      shapes: [transA ? [2, 3, 4, 5] : [2, 3, 5, 4], transB ? [2, 3, 6, 4] : [2, 3, 4, 6]],
      build: (a, b) => FusedMatMul(a, b, { transA, transB, alpha: 0.7 }),
    }),
  ),
);

const CASES: readonly Case[] = [
  { op: 'Add', shapes: [[2, 3, 4], [4]], build: (a, b) => Add(a, b) },
  {
    op: 'Add',
    shapes: [
      [2, 1, 4],
      [1, 3, 1],
    ],
    build: (a, b) => Add(a, b),
  },
  { op: 'Add', shapes: [[3, 4]], build: (a) => Add(a, a) },
  {
    op: 'Sub',
    shapes: [
      [2, 3],
      [2, 1],
    ],
    build: (a, b) => Sub(a, b),
  },
  {
    op: 'Mul',
    shapes: [
      [2, 3, 4],
      [3, 1],
    ],
    build: (a, b) => Mul(a, b),
  },
  { op: 'Mul', shapes: [[2, 3], []], build: (a, b) => Mul(a, b) },
  {
    op: 'Div',
    shapes: [
      [2, 3, 4],
      [2, 3, 1],
    ],
    build: (a, b) => Div(a, b),
    domain: positive,
  },
  {
    op: 'Max',
    shapes: [
      [4, 5],
      [4, 5],
    ],
    build: (a, b) => Max(a, Mul(b, constant(b.graph, Float32Array.of(3), []))),
  },
  { op: 'Relu', shapes: [[4, 5]], build: Relu, domain: offZero },
  { op: 'Sigmoid', shapes: [[4, 5]], build: Sigmoid },
  { op: 'Tanh', shapes: [[4, 5]], build: Tanh },
  { op: 'Exp', shapes: [[4, 5]], build: Exp },
  { op: 'Softplus', shapes: [[4, 5]], build: Softplus },
  { op: 'Gelu', shapes: [[6, 7]], build: (x) => Gelu(x) },
  { op: 'Gelu', shapes: [[6, 7]], build: (x) => Gelu(x, 'tanh') },
  { op: 'Cast', shapes: [[4]], build: (x) => Mul(Cast(x, 'float32'), x) },
  { op: 'Identity', shapes: [[4]], build: (x) => node(x.graph, 'Identity', { inputs: [x], results: [x] })[0]! },
  { op: 'Reshape', shapes: [[2, 6]], build: (x) => Reshape(x, [3, 4]) },
  { op: 'Transpose', shapes: [[2, 3, 4]], build: (x) => Transpose(x, [2, 0, 1]) },
  {
    op: 'Expand',
    shapes: [
      [1, 3],
      [4, 1],
    ],
    build: (x, like) => Mul(expandBatch(x, like), like),
  },
  {
    op: 'Concat',
    shapes: [
      [2, 3],
      [2, 1],
      [2, 4],
    ],
    build: (...x) => Concat(x, 1),
  },
  {
    op: 'Split',
    shapes: [[2, 6]],
    build: (x) =>
      Concat(
        Split(x, { axis: 1, lengths: [1, 2, 3] })
          .reverse()
          .slice(0, 2),
        1,
      ),
  },
  { op: 'Slice', shapes: [[2, 5, 3]], build: (x) => Slice(x, { axis: 1, start: 1, end: 4 }) },
  {
    op: 'Slice',
    shapes: [[2, 5, 3]],
    build: (x) => Slice(x, { axis: 1, start: -2, end: Number.MAX_SAFE_INTEGER, dim: 2 }),
  },
  { op: 'Gather', shapes: [[5, 3]], build: (x) => Gather(x, int64(x.graph, [0, 2, 2, 4, 0, 1], [2, 3])) },
  {
    op: 'MatMul',
    shapes: [
      [2, 3, 4],
      [4, 5],
    ],
    build: MatMul,
  },
  {
    op: 'MatMul',
    shapes: [
      [3, 4],
      [2, 4, 5],
    ],
    build: MatMul,
  },
  {
    op: 'MatMul',
    shapes: [
      [2, 1, 3, 4],
      [5, 4, 2],
    ],
    build: MatMul,
  },
  ...products,
  {
    op: 'FusedMatMul',
    shapes: [
      [2, 3, 4],
      [5, 4],
    ],
    build: (a, b) => FusedMatMul(a, b, { transB: true }),
  },
  { op: 'LayerNormalization', shapes: [[2, 3, 8], [8], [8]], build: (x, s, b) => LayerNormalization(x, s, b, 1e-5) },
  { op: 'LayerNormalization', shapes: [[4, 8], [8]], build: (x, s) => LayerNormalization(x, s, undefined, 1e-5) },
  { op: 'Softmax', shapes: [[3, 6]], build: (x) => Softmax(x) },
  { op: 'LogSoftmax', shapes: [[3, 6]], build: (x) => LogSoftmax(x) },
  ...Object.entries(reductions).flatMap(([op, reduce]) =>
    [false, true].map(
      (keepDims): Case => ({ op, shapes: [[3, 4, 5]], build: (x) => reduce(x, { axis: 1, keepDims }), domain: apart }),
    ),
  ),
  {
    op: 'MultiHeadAttention',
    shapes: [
      [2, 3, 8],
      [2, 5, 8],
      [2, 5, 8],
    ],
    build: (query, key, value) => MultiHeadAttention({ query, key, value, numHeads: 2 }).output,
  },
  {
    op: 'MultiHeadAttention',
    shapes: [[2, 3, 24]],
    build: (x) => {
      const [query, key, value] = Split(x, { axis: 2, lengths: [8, 8, 8] }) as [Value, Value, Value];
      return MultiHeadAttention({ query, key, value, numHeads: 2 }).output;
    },
  },
  {
    op: 'MultiHeadAttention',
    shapes: [[2, 4, 8]],
    build: (x) => {
      const bias = Float32Array.from({ length: 16 }, (_, i) => (i % 4 > Math.floor(i / 4) ? -50 : 0));
      const attentionBias = constant(x.graph, bias, [1, 1, 4, 4]);
      return MultiHeadAttention({ query: x, key: x, value: x, numHeads: 4, attentionBias }).output;
    },
  },
];

/** A scalar that every element of a value moves, each by another amount. */
function scalar(graph: Graph, value: Value): Value {
  const count = value.shape.reduce<number>((a, b) => a * Number(b), 1);
  const random = normals(99);
  const mix = constant(graph, Float32Array.from({ length: count }, random), [1, count]);
  return Reshape(MatMul(mix, Reshape(value, [count, 1])), []);
}

describe('gradients', () => {
  test.each(CASES.map((each, i) => [`${each.op} (${i})`, each] as const))(
    '%s',
    async (_, { shapes, build, domain = (x) => x }) => {
      const random = normals(7);
      const store = createStore(
        new Map(
          shapes.map((shape, i) => {
            const size = shape.reduce((a, b) => a * b, 1);
            return [`x${i}`, { shape, data: Float32Array.from({ length: size }, () => domain(random())) }];
          }),
        ),
      );
      const step = await lossAndGradients(store, (parameters) => {
        const graph = createGraph('case');
        const result = build(...store.entries.map(({ name, shape }) => parameters.value(graph, name, shape)));
        return { graph, loss: scalar(graph, result) };
      });
      await step.run({});
      const found = Array.from(step.gradients);
      const differences = await centralDifferences(step, 1e-2);
      await step.dispose();
      const largest = Math.max(...differences.map(Math.abs));
      const worst = Math.max(...found.map((gradient, i) => Math.abs(gradient - differences[i]!)));
      expect(largest).toBeGreaterThan(1e-3);
      // float32 losses and a step of 0.01: what the differences themselves are good for.
      expect(worst / Math.max(1, largest)).toBeLessThan(2e-3);
    },
  );

  test('every rule has a case here', () => {
    expect(Object.keys(RULES).filter((op) => !CASES.some((each) => each.op === op))).toEqual([]);
  });

  test('a frozen part gets no backward nodes, and an unused parameter no gradient', async () => {
    const data = (size: number) => Float32Array.from({ length: size }, normals(3));
    const store = createStore(
      new Map([
        ['last', { shape: [4, 4], data: data(16) }],
        ['unused', { shape: [2], data: data(2) }],
      ]),
    );
    const graph = createGraph('case');
    let forward = 0;
    const step = await lossAndGradients(store, (parameters) => {
      const x = input(graph, 'x', 'float32', [3, 4]);
      let h = x;
      for (let i = 0; i < 5; i += 1) h = Tanh(MatMul(h, constant(graph, data(16), [4, 4])));
      const loss = scalar(graph, MatMul(h, parameters.value(graph, 'last', [4, 4])));
      forward = graph.nodes.length;
      return { graph, loss };
    });
    await step.dispose();
    expect(step.unused).toEqual(['unused']);
    expect(graph.nodes.slice(forward).filter(({ opType }) => opType === 'Mul')).toEqual([]);
  });

  test('a choice among moving values has no slope: what is picked by it is a constant, or moves by itself', async () => {
    const store = createStore(new Map([['x', { shape: [3, 4], data: Float32Array.from({ length: 12 }, normals(8)) }]]));
    const graph = createGraph('case');
    const step = await lossAndGradients(store, (parameters) => {
      const x = parameters.value(graph, 'x', [3, 4]);
      const best = contraction.ArgMax(x, 0);
      const table = constant(graph, Float32Array.from({ length: 20 }, normals(9)), [4, 5]);
      return { graph, loss: Add(scalar(graph, layout.Gather(x, best)), scalar(graph, layout.Gather(table, best))) };
    });
    await step.run({});
    const found = Array.from(step.gradients);
    const differences = await centralDifferences(step, 1e-2);
    await step.dispose();
    found.forEach((gradient, i) => {
      expect(gradient).toBeCloseTo(differences[i]!, 3);
    });
    expect(graph.nodes.filter(({ opType }) => opType === 'ScatterND').length).toBe(1);
  });

  test('says which operator cannot be differentiated', async () => {
    const store = createStore(new Map([['x', { shape: [2, 3, 4], data: new Float32Array(24) }]]));
    const building = lossAndGradients(store, (parameters) => {
      const graph = createGraph('case');
      const picked = layout.GatherND(parameters.value(graph, 'x', [2, 3, 4]), int64(graph, [0, 1], [2, 1, 1]));
      return { graph, loss: scalar(graph, picked) };
    });
    await expect(building).rejects.toThrow('GatherND has no rule');
  });
});

async function centralDifferences(
  step: Awaited<ReturnType<typeof lossAndGradients>>,
  width: number,
): Promise<number[]> {
  const { values } = step.parameters;
  const found: number[] = [];
  for (let i = 0; i < values.length; i += 1) {
    const kept = values[i]!;
    const sides: number[] = [];
    for (const side of [1, -1]) {
      values[i] = kept + side * width;
      sides.push((await step.run({})).loss!);
    }
    values[i] = kept;
    found.push((sides[0]! - sides[1]!) / (2 * width));
  }
  return found;
}
