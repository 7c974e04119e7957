import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ADAMW, type AdamWOptions, adamwState, adamwStep } from '../../src/training/adamw.js';
import { createStore, type ParameterStore, type ParameterTensor } from '../../src/training/parameterStore.js';
import { cosineSchedule } from '../../src/training/schedule.js';
import { maxDifference } from '../support/closeness.js';

type Named = Readonly<Record<string, number[]>>;
interface Case {
  readonly clip: number;
  readonly factors: number[];
  readonly start: Named;
  readonly gradients: Named[];
  readonly norms: number[];
  readonly after: Named[];
}

let cases: { shapes: Record<string, number[]>; adamw: Case[] };
beforeAll(async () => {
  cases = JSON.parse(await readFile('test/fixtures/training/cases.json', 'utf8')) as typeof cases;
});

function storeOf(values: Named): ParameterStore {
  return createStore(
    new Map(
      Object.entries(values).map(([name, data]): [string, ParameterTensor] => [
        name,
        { shape: cases.shapes[name]!, data: Float32Array.from(data) },
      ]),
    ),
  );
}

/** As bench/peers/makeTrainingCases.py has it. */
const OPTIONS: AdamWOptions = { ...ADAMW, learningRate: 0.02, weightDecay: 0.1, clipNorm: 0 };
const NONE = new Set<string>();

describe('adamwStep', () => {
  it.each([
    [0, 'unclipped'],
    [1, 'clipped, gradients longer than the limit'],
    [2, 'clipped, gradients shorter than the limit'],
  ])('makes the steps of torch.optim.AdamW (case %i, %s)', (index) => {
    const { clip, factors, start, gradients, norms, after } = cases.adamw[index]!;
    const store = storeOf(start);
    const state = adamwState(store);
    after.forEach((expected, i) => {
      const now = { step: i + 1, scale: factors[i]!, skip: NONE };
      const norm = adamwStep(store, storeOf(gradients[i]!).values, state, { ...OPTIONS, clipNorm: clip }, now);
      if (clip > 0) expect(Math.abs(norm - norms[i]!)).toBeLessThan(1e-6 * norm);
      expect(maxDifference(store.values, storeOf(expected).values)).toBeLessThan(1e-6);
    });
  });

  it('leaves alone what is skipped or has no rate, and takes the rate of each', () => {
    const { start, gradients } = cases.adamw[0]!;
    const moved = (rateOf: AdamWOptions['rateOf'], skip = NONE) => {
      const store = storeOf(start);
      const options = { ...OPTIONS, weightDecay: 0, rateOf };
      adamwStep(store, storeOf(gradients[0]!).values, adamwState(store), options as AdamWOptions, {
        step: 1,
        scale: 1,
        skip,
      });
      return store.entries.map(({ name, offset, size }) =>
        store.values.slice(offset, offset + size).map((value, i) => value - start[name]![i]!),
      );
    };
    const [matrix, bias, token] = moved(() => 1);
    // The first step of Adam is the rate, whatever the gradient.
    for (const each of [matrix!, bias!, token!]) {
      for (const value of each) expect(Math.abs(Math.abs(value) - 0.02)).toBeLessThan(1e-6);
    }
    const [slow, still, skipped] = moved(({ name }) => (name === 'matrix' ? 0.1 : 0), new Set(['token']));
    expect(
      maxDifference(
        slow!,
        matrix!.map((value) => 0.1 * value),
      ),
    ).toBeLessThan(1e-6);
    expect([...still!, ...skipped!].every((value) => value === 0)).toBe(true);
  });

  it('changes nothing where a gradient is not finite', () => {
    const { start, gradients } = cases.adamw[0]!;
    const store = storeOf(start);
    const state = adamwState(store);
    const broken = storeOf(gradients[0]!).values;
    broken[3] = Number.NaN;
    const norm = adamwStep(store, broken, state, OPTIONS, { step: 1, scale: 1, skip: NONE });
    expect(norm).toBeNaN();
    expect(store.values).toEqual(storeOf(start).values);
    expect(state.m.every((value) => value === 0)).toBe(true);
  });
});

describe('cosineSchedule', () => {
  it('warms up in a line, is 1 at its end, half way down at half way, and 0 (or the floor) at the last step', () => {
    const at = (step: number, floor?: number) =>
      cosineSchedule(step, { warmup: 10, steps: 110, ...(floor === undefined ? {} : { floor }) });
    expect([1, 5, 10].map((step) => at(step))).toEqual([0.1, 0.5, 1]);
    expect(at(60)).toBeCloseTo(0.5, 12);
    expect(at(110)).toBeCloseTo(0, 12);
    expect(at(110, 0.2)).toBeCloseTo(0.2, 12);
    expect(at(60, 0.2)).toBeCloseTo(0.6, 12);
    for (let step = 11; step < 110; step += 1) expect(at(step + 1)).toBeLessThan(at(step));
  });

  it('needs no warm-up, and holds for one step', () => {
    expect(cosineSchedule(1, { warmup: 0, steps: 1 })).toBeCloseTo(0, 12);
    expect(cosineSchedule(1, { warmup: 1, steps: 1 })).toBe(1);
  });
});
