// Linear layers of one operator give what those of three gave, and nothing else is touched.
import { describe, expect, it } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { fuseLinear } from '../../src/onnx/fuseLinear.js';
import { copyGraph, createGraph, type Graph, input, output, type Shape, type Value } from '../../src/onnx/graph.js';
import { FusedMatMul } from '../../src/onnx/ops/contraction.js';
import { Add, Mul, Relu } from '../../src/onnx/ops/elementwise.js';
import { createSession } from '../../src/onnx/session.js';
import { maxDifference } from '../support/closeness.js';
import { normals } from '../support/random.js';

const [B, S, K, N] = [2, 3, 5, 4];

function tensor(shape: Shape, seed: number): ort.Tensor {
  const dims = shape.map(Number);
  const length = dims.reduce((a, b) => a * b, 1);
  return new ort.Tensor('float32', Float32Array.from({ length }, normals(seed)), dims);
}

async function run(graph: Graph): Promise<Record<string, ort.Tensor>> {
  const session = await createSession(graph, { provider: 'cpu', threads: 1, optimization: 'disabled' });
  const feeds = Object.fromEntries(graph.inputs.map(({ name, shape }, i) => [name, tensor(shape, i)]));
  const results = await session.run(feeds);
  await session.dispose();
  return { ...results };
}

/** Fuses a graph of these inputs; expects every result to be what it was. Returns the operators. */
async function fused(
  shapes: readonly Shape[],
  build: (...inputs: Value[]) => Record<string, Value>,
): Promise<string[]> {
  const graph = createGraph('linear');
  const results = build(...shapes.map((shape, i) => input(graph, `input_${i}`, 'float32', shape)));
  for (const [name, value] of Object.entries(results)) output(name, value);
  const copy = copyGraph(graph);
  fuseLinear(copy);
  const [expected, found] = [await run(graph), await run(copy)];
  for (const [name, { dims, data }] of Object.entries(expected)) {
    expect(found[name]!.dims).toEqual(dims);
    expect(maxDifference(found[name]!.data as Float32Array, data as Float32Array)).toBeLessThan(2e-6);
  }
  return copy.nodes.map(({ opType }) => opType);
}

describe('fuseLinear', () => {
  it.each([
    ['of a matrix', [S, K]],
    ['of a batch of them', [B, S, K]],
  ] as const)('makes product and bias one operator: the rows %s', async (_, rows) => {
    const operators = await fused([rows, [N, K], [N]], (x, weight, bias) => ({
      y: Add(FusedMatMul(x!, weight!, { transB: true }), bias!),
    }));
    expect(operators).toContain('Gemm');
    expect(operators).not.toContain('Add');
  });

  it('takes the ReLU in where nothing else needs what comes before it', async () => {
    const operators = await fused([[B, S, K], [K, N], [N]], (x, weight, bias) => {
      // What comes later knows it by name.
      const y = Relu(Add(bias!, FusedMatMul(x!, weight!)));
      return { y: Mul(y, y) };
    });
    expect(operators).toEqual(['Reshape', 'FusedGemm', 'Reshape', 'Mul']);
  });

  it('leaves the ReLU where somebody else takes what comes before it', async () => {
    const operators = await fused([[S, K], [N, K], [N]], (x, weight, bias) => {
      const sum = Add(FusedMatMul(x!, weight!, { transB: true }), bias!);
      return { y: Mul(Relu(sum), sum) };
    });
    expect(operators).toEqual(['Gemm', 'Relu', 'Mul']);
  });

  it.each<[string, readonly Shape[], (...inputs: Value[]) => Record<string, Value>]>([
    [
      'that is a result itself',
      [[S, K], [N, K], [N]],
      (x, weight, bias) => {
        const product = FusedMatMul(x!, weight!, { transB: true });
        return { product, y: Add(product, bias!) };
      },
    ],
    [
      'that is scaled',
      [[S, K], [N, K], [N]],
      (x, weight, bias) => ({ y: Add(FusedMatMul(x!, weight!, { transB: true, alpha: 0.5 }), bias!) }),
    ],
    [
      'of the first transposed',
      [[K, S], [K, N], [N]],
      (x, weight, bias) => ({ y: Add(FusedMatMul(x!, weight!, { transA: true }), bias!) }),
    ],
    [
      'by a batch of matrices',
      [[B, S, K], [B, K, N], [N]],
      (x, weight, bias) => ({ y: Add(FusedMatMul(x!, weight!), bias!) }),
    ],
    [
      'that a matrix is added to',
      [
        [S, K],
        [N, K],
        [S, N],
      ],
      (x, weight, more) => ({ y: Add(FusedMatMul(x!, weight!, { transB: true }), more!) }),
    ],
    [
      'that a vector of one is added to',
      [[S, K], [N, K], [1]],
      (x, weight, more) => ({ y: Add(FusedMatMul(x!, weight!, { transB: true }), more!) }),
    ],
    [
      'that a wider vector spreads',
      [[S, K], [1, K], [N]],
      (x, weight, more) => ({ y: Add(FusedMatMul(x!, weight!, { transB: true }), more!) }),
    ],
  ])('leaves a product %s', async (_, shapes, build) => {
    expect(await fused(shapes, build)).toContain('FusedMatMul');
  });
});
