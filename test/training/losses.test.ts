// Losses and their gradients against torch (test/fixtures/training).
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, it } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { createGraph, input, type Value } from '../../src/onnx/graph.js';
import { lossAndGradients } from '../../src/training/lossAndGradients.js';
import { binaryCrossEntropy, crossEntropy, weightedSum } from '../../src/training/losses.js';
import { createStore } from '../../src/training/parameterStore.js';
import { maxDifference } from '../support/closeness.js';

interface Cases {
  readonly cross_entropy: {
    smoothing: number;
    logits: number[];
    classes: number[];
    weights: number[];
    loss: number;
    gradient: number[];
  }[];
  readonly binary_cross_entropy: { logits: number[]; targets: number[]; loss: number; gradient: number[] };
}

let cases: Cases;
beforeAll(async () => {
  cases = JSON.parse(await readFile('test/fixtures/training/cases.json', 'utf8')) as Cases;
});

/** Loss and gradient with respect to `logits` of a loss built over them. */
async function run(
  logits: readonly number[],
  shape: readonly number[],
  build: (logits: Value) => Value,
  feeds: Readonly<Record<string, ort.Tensor>>,
) {
  const store = createStore(new Map([['logits', { shape, data: Float32Array.from(logits) }]]));
  const step = await lossAndGradients(
    store,
    (parameters) => {
      const graph = createGraph('loss');
      return { graph, loss: build(parameters.value(graph, 'logits', shape)) };
    },
    { threads: 1 },
  );
  const { loss } = await step.run(feeds);
  await step.dispose();
  return { loss: loss!, gradient: step.gradients };
}

it.each([0, 1])('crossEntropy is torch.nn.functional.cross_entropy, rows weighted (case %i)', async (index) => {
  const { smoothing, logits, classes, weights, loss, gradient } = cases.cross_entropy[index]!;
  const found = await run(
    logits,
    [5, 7],
    (value) =>
      crossEntropy(
        value,
        {
          classes: input(value.graph, 'classes', 'int64', [5]),
          weights: input(value.graph, 'weights', 'float32', [5]),
        },
        smoothing,
      ),
    {
      classes: new ort.Tensor('int64', BigInt64Array.from(classes, BigInt), [5]),
      weights: new ort.Tensor('float32', Float32Array.from(weights), [5]),
    },
  );
  expect(Math.abs(found.loss - loss)).toBeLessThan(2e-6);
  expect(maxDifference(found.gradient, gradient)).toBeLessThan(1e-6);
});

it('binaryCrossEntropy is torch.nn.functional.binary_cross_entropy_with_logits, far out too', async () => {
  const { logits, targets, loss, gradient } = cases.binary_cross_entropy;
  const found = await run(
    logits,
    [3, 4],
    (value) => binaryCrossEntropy(value, input(value.graph, 'targets', 'float32', [3, 4])),
    { targets: new ort.Tensor('float32', Float32Array.from(targets), [3, 4]) },
  );
  expect(Math.abs(found.loss - loss)).toBeLessThan(1e-5);
  expect(maxDifference(found.gradient, gradient)).toBeLessThan(1e-6);
});

it('weightedSum adds losses and their gradients by weight', async () => {
  const { logits, targets, loss, gradient } = cases.binary_cross_entropy;
  const found = await run(
    logits,
    [3, 4],
    (value) => {
      const one = binaryCrossEntropy(value, input(value.graph, 'targets', 'float32', [3, 4]));
      return weightedSum([
        { loss: one, weight: 1 },
        { loss: one, weight: 0.5 },
      ]);
    },
    { targets: new ort.Tensor('float32', Float32Array.from(targets), [3, 4]) },
  );
  expect(Math.abs(found.loss - 1.5 * loss)).toBeLessThan(1e-5);
  expect(
    maxDifference(
      found.gradient,
      gradient.map((value) => 1.5 * value),
    ),
  ).toBeLessThan(2e-6);
});
