import { describe, expect, test } from '@jest/globals';
import type { Parameters } from '../../src/inference/checkpoint/weights.js';
import { createGraph, input } from '../../src/onnx/graph.js';
import { FusedMatMul } from '../../src/onnx/ops/contraction.js';
import { Tanh } from '../../src/onnx/ops/elementwise.js';
import { Reshape } from '../../src/onnx/ops/layout.js';
import { floats, ids } from '../../src/onnx/tensors.js';
import { ADAMW, adamwState, adamwStep } from '../../src/training/adamw.js';
import { type GradientOptions, lossAndGradients } from '../../src/training/lossAndGradients.js';
import { crossEntropy } from '../../src/training/losses.js';
import { createStore } from '../../src/training/parameterStore.js';
import { shardsFor } from '../../src/training/shards.js';
import { normals } from '../support/random.js';

const WIDTH = 6;
const CLASSES = 5;

const store = () => {
  const random = normals(1);
  const drawn = (...shape: number[]) => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, random),
  });
  return createStore(
    new Map([
      ['first', drawn(WIDTH, WIDTH)],
      ['unused', drawn(3)],
      ['last', drawn(CLASSES, WIDTH)],
    ]),
  );
};

const objective = (rows: number) => (parameters: Parameters) => {
  const graph = createGraph('test');
  const x = input(graph, 'x', 'float32', [rows, WIDTH]);
  const h = Tanh(FusedMatMul(x, parameters.value(graph, 'first', [WIDTH, WIDTH]), { transB: true }));
  const logits = FusedMatMul(h, parameters.value(graph, 'last', [CLASSES, WIDTH]), { transB: true });
  const target = {
    classes: input(graph, 'classes', 'int64', [rows]),
    weights: input(graph, 'weights', 'float32', [rows]),
  };
  const loss = crossEntropy(Reshape(logits, [rows, CLASSES]), target);
  return { graph, loss, figures: { again: loss } };
};

const share = (first: number, rows: number) => {
  const random = normals(2);
  const all = Float32Array.from({ length: 12 * WIDTH }, random);
  return {
    x: floats(all.slice(first * WIDTH, (first + rows) * WIDTH), [rows, WIDTH]),
    classes: ids(Array.from({ length: rows }, (_, i) => (first + i) % CLASSES)),
    weights: floats(new Float32Array(rows).fill(1 / rows)),
  };
};

async function train(rows: number, options: GradientOptions, steps = 3) {
  const parameters = store();
  const step = await lossAndGradients(parameters, objective(rows), { threads: 1, ...options });
  const losses: number[] = [];
  for (let i = 0; i < steps; i += 1) {
    const shares = Array.from({ length: step.shares }, (_, k) => share(k * rows, rows));
    const { loss, again } = await step.run(...shares);
    expect(again).toBe(loss);
    losses.push(loss!);
    parameters.values.forEach((_, k) => {
      parameters.values[k]! -= 0.5 * step.gradients[k]!;
    });
  }
  await step.dispose();
  return { losses, values: parameters.values, unused: step.unused };
}

describe('shards', () => {
  test('give the loss and gradients of the whole batch, also after the parameters moved', async () => {
    const whole = await train(12, {});
    for (const [shards, shares] of [
      [2, 2],
      [3, 3],
      [1, 3],
      [2, 6],
    ] as const) {
      const split = await train(12 / shares, { shards, shares });
      split.losses.forEach((loss, i) => {
        expect(loss).toBeCloseTo(whole.losses[i]!, 5);
      });
      const worst = Math.max(...split.values.map((value, i) => Math.abs(value - whole.values[i]!)));
      expect(worst).toBeLessThan(1e-5);
      expect(split.unused).toEqual(['unused']);
    }
    expect(whole.losses[2]).toBeLessThan(whole.losses[0]!);
  });

  test.each([1, 2, 3])('make the steps of AdamW that adamwStep makes (%d)', async (shards) => {
    const step = await lossAndGradients(store(), objective(12 / shards), { threads: 1, shards });
    const expected = store();
    const [state, expectedState] = [adamwState(expected), adamwState(expected)];
    const options = { ...ADAMW, learningRate: 0.05, clipNorm: 0.1 };
    for (const i of [1, 2, 3]) {
      await step.run(...Array.from({ length: shards }, (_, k) => share((k * 12) / shards, 12 / shards)));
      const now = { step: i, scale: 1 / i, skip: new Set(step.unused) };
      const norm = adamwStep(expected, step.gradients, expectedState, options, now);
      expect(await step.update(state, options, now)).toBeCloseTo(norm, 12);
      const worst = Math.max(...expected.values.map((value, k) => Math.abs(value - step.parameters.values[k]!)));
      expect(worst).toBeLessThan(1e-7);
    }
    expect(step.parameters.values).not.toEqual(store().values);
    await step.dispose();
  });

  test('give the same numbers every time', async () => {
    const [once, again] = [await train(3, { shards: 2, shares: 4 }), await train(3, { shards: 2, shares: 4 })];
    expect(again).toEqual(once);
  });

  test('fail with what their thread failed with', async () => {
    const step = await lossAndGradients(store(), objective(6), { threads: 1, shards: 2 });
    const { x: _, ...rest } = share(0, 6);
    await expect(step.run(rest, share(6, 6))).rejects.toThrow(/x/);
    // And are as good as before.
    expect((await step.run(share(0, 6), share(6, 6))).loss).toBeGreaterThan(0);
    await step.dispose();
    await expect(step.run(share(0, 6))).rejects.toThrow('expected 2 shares, got 1');
    await expect(lossAndGradients(store(), objective(6), { shards: 2, shares: 3 })).rejects.toThrow(
      '3 shares cannot be dealt to 2 shards',
    );
  });

  test('divide a batch evenly, and threads among themselves', () => {
    expect(shardsFor(64, 2)).toEqual({ shards: 2, threads: 1, shares: 4, share: 16 });
    expect(shardsFor(64, 1)).toEqual({ shards: 1, threads: 1, shares: 4, share: 16 });
    expect(shardsFor(30, 4)).toEqual({ shards: 3, threads: 1, shares: 3, share: 10 });
    expect(shardsFor(7, 2)).toEqual({ shards: 1, threads: 2, shares: 1, share: 7 });
    expect(shardsFor(64, 8)).toEqual({ shards: 8, threads: 1, shares: 8, share: 8 });
    // Shares of less than 8 would cost more than they save.
    expect(shardsFor(68, 2)).toEqual({ shards: 2, threads: 1, shares: 4, share: 17 });
    expect(shardsFor(74, 2)).toEqual({ shards: 2, threads: 1, shares: 2, share: 37 });
    // 145 rows an example: 8 of them are what 16 of 61 are.
    expect(shardsFor(64, 2, { rows: 145 })).toEqual({ shards: 2, threads: 1, shares: 8, share: 8 });
    expect(shardsFor(64, 2, { rows: 61 })).toEqual({ shards: 2, threads: 1, shares: 4, share: 16 });
    // A language model of billions is held once.
    expect(shardsFor(64, 2, { frozen: 2_700_000_000 })).toEqual({ shards: 1, threads: 2, shares: 4, share: 16 });
  });
});
