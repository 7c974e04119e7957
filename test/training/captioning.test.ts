// Gradients of the whole captioning loss: the stock model's against torch (float64), ECMA's against central differences.
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { type Blip2Config, parseBlip2Config } from '../../src/inference/blip2/config.js';
import { type EcmaConfig, parseEcmaConfig } from '../../src/inference/blip2/ecmaConfig.js';
import { freshAdapter } from '../../src/inference/blip2/freshAdapter.js';
import { openWeights, type Weights } from '../../src/inference/checkpoint/weights.js';
import { output } from '../../src/onnx/graph.js';
import { createSession } from '../../src/onnx/session.js';
import { targetFeeds } from '../../src/training/data/documents.js';
import { parameterFeeds } from '../../src/training/gradientShard.js';
import { lossAndGradients } from '../../src/training/lossAndGradients.js';
import { captioningObjective } from '../../src/training/objectives/captioning.js';
import {
  createStore,
  type ParameterStore,
  type ParameterTensor,
  trainable,
} from '../../src/training/parameterStore.js';
import { readTensors } from '../support/closeness.js';
import { normals } from '../support/random.js';

const MODEL = 'test/fixtures/blip2-opt-tiny';
const QUERIES = 8;
/** More than there are tokens that count: the rest weighs nothing. */
const ROWS = 40;

interface Expected {
  readonly input_ids: number[][];
  readonly labels: number[][];
  readonly loss: number;
}

let config: Blip2Config;
let weights: Weights;
let stored: Record<string, ParameterTensor>;
let expected: Expected;
let feeds: Record<string, ort.Tensor>;

beforeAll(async () => {
  config = parseBlip2Config(JSON.parse(await readFile(`${MODEL}/config.json`, 'utf8')), 'config.json');
  weights = await openWeights(MODEL);
  stored = await readTensors(`${MODEL}/model.safetensors`);
  expected = JSON.parse(await readFile(`${MODEL}/gradients.json`, 'utf8')) as Expected;
  const pixels = (await readTensors(`${MODEL}/expected.safetensors`)).pixel_values!;
  feeds = { ...batchOf(expected), pixel_values: new ort.Tensor('float32', pixels.data, [...pixels.shape]) };
});

/** The fixture's rows without their image places: tokens, and for each place but the last what comes next. */
function batchOf({ input_ids: ids, labels }: Expected): Record<string, ort.Tensor> {
  const tokens = ids.map((row) => row.slice(QUERIES));
  const targets = labels.flatMap((row, i) =>
    row.flatMap((label, t) => (label === -100 ? [] : [{ row: i * row.length + t - 1, label }])),
  );
  return {
    input_ids: new ort.Tensor('int64', BigInt64Array.from(tokens.flat(), BigInt), [tokens.length, tokens[0]!.length]),
    ...targetFeeds(targets, ROWS),
  };
}

const shape = () => ({ rows: ROWS, batch: expected.input_ids.length, length: expected.input_ids[0]!.length - QUERIES });

describe('the stock model', () => {
  test('has the loss and, on all 183 tensors, the gradients that torch computes in float64', async () => {
    const store = createStore(new Map(Object.entries(stored)));
    const step = await lossAndGradients(store, (parameters) =>
      captioningObjective(parameters, config, { ...shape(), from: 'pixels' }),
    );
    const { loss } = await step.run(feeds);
    await step.dispose();
    expect(Math.abs(loss! - expected.loss)).toBeLessThan(1e-5);
    const reference = await readTensors(`${MODEL}/gradients.safetensors`);
    expect(Object.keys(reference).length).toBe(183);
    const errors = store.entries.map(({ name, offset, size }): [string, number] => {
      const truth = reference[name]!.data;
      const length = norm(truth);
      const found = step.gradients.subarray(offset, offset + size);
      // The bias of a key projection moves no attention: its true gradient is 0, and ours has to vanish beside the others.
      if (/k_proj\.bias$|attention\.key\.bias$/.test(name)) return [name, norm(found)];
      return [name, norm(found.map((gradient, i) => gradient - truth[i]!)) / length];
    });
    expect(errors.filter(([, error]) => !(error < 1e-4))).toEqual([]);
  });
});

/** The model without kinks: where a ReLU has one, differences say nothing about slopes. */
function smooth(): Blip2Config {
  return { ...config, text: { ...config.text!, activation_function: 'gelu' } };
}

describe('with ECMA', () => {
  test.each([
    ['adapter', 0],
    ['adapter', 9],
    ['joint', 0],
  ] as const)(
    'in the regime %s, with a fusion width of %d, every gradient is what central differences say',
    async (regime, fusionSize) => {
      const random = normals(5);
      const adapter = parseEcmaConfig({ regime, scales: [1, 2, 3], fusionSize }, config.qformer, 'test');
      const tensors = new Map<string, ParameterTensor>(
        // Away from the start: gamma, norms and all others moved, and alpha so far that much depends on the module.
        [...freshAdapter(config, adapter, random)].map(([name, tensor]) => [
          name,
          {
            shape: tensor.shape,
            data: tensor.data.map((value) => value + 0.1 * random() + (/alpha$/.test(name) ? 1 : 0)),
          },
        ]),
      );
      if (regime === 'joint') {
        for (const [name, tensor] of Object.entries(stored)) {
          if (/^(qformer\.|query_tokens$|language_projection\.)/.test(name)) tensors.set(name, tensor);
        }
      }
      const store = createStore(tensors);
      const step = await lossAndGradients(
        store,
        (parameters) => captioningObjective(parameters, smooth(), { ...shape(), from: 'pixels', adapter }),
        { frozen: weights },
      );
      await step.run(feeds);
      const found = step.gradients;
      const exactLoss = await lossInDoubles(store, adapter);
      const errors: [string, number, number][] = [];
      const doubts: number[] = [];
      for (const { name, offset, size } of store.entries) {
        const gradient = found.subarray(offset, offset + size);
        // Along the gradient, where the slope is largest, and along a random direction, which sees what is missing.
        for (const direction of [unit(gradient), unit(Float32Array.from({ length: size }, random))]) {
          if (direction === undefined) continue;
          const slope = dot(gradient, direction);
          const { difference, doubt } = await directional(store, exactLoss, { offset, direction });
          if (!(Math.abs(slope - difference) < 0.01 * Math.abs(difference) + 3 * doubt))
            errors.push([name, slope, difference]);
          doubts.push(doubt / norm(gradient));
        }
      }
      await step.dispose();
      expect(errors).toEqual([]);
      // The differences themselves must be good enough to say something.
      doubts.sort((x, y) => x - y);
      expect(doubts[Math.floor(doubts.length * 0.9)]).toBeLessThan(0.05);
      const zero = store.entries.filter(({ offset, size }) => norm(found.subarray(offset, offset + size)) < 1e-9);
      expect(zero.map(({ name }) => name).filter((name) => !/key\.bias$/.test(name))).toEqual([]);
    },
  );
});

function unit(x: Float32Array): Float32Array | undefined {
  const length = norm(x);
  return length < 1e-7 ? undefined : x.map((value) => value / length);
}

/** The loss from the graph's log-probabilities, summed in float64: float32 sums would drown small differences. */
async function lossInDoubles(store: ParameterStore, adapter: EcmaConfig): Promise<() => Promise<number>> {
  const parameters = trainable(store, weights);
  const { graph } = captioningObjective(parameters, smooth(), { ...shape(), from: 'pixels', adapter });
  const name = graph.nodes.find(({ opType }) => opType === 'LogSoftmax')!.outputs[0]!;
  output('log_probabilities', graph.values.get(name)!);
  const session = await createSession(graph, { provider: 'cpu', threads: 0 });
  const labels = feeds.labels!.data as BigInt64Array;
  const counts = feeds.weights!.data as Float32Array;
  return async () => {
    const all = { ...feeds, ...parameterFeeds(store, graph) };
    const { log_probabilities: found } = await session.run(
      Object.fromEntries(session.inputNames.map((input) => [input, all[input]!])),
    );
    const rows = found!.data as Float32Array;
    const size = rows.length / labels.length;
    let loss = 0;
    for (let i = 0; i < ROWS; i += 1) loss -= counts[i]! * rows[i * size + Number(labels[i])]!;
    return loss;
  };
}

/** What float32 activations leave unsure in a loss. */
const NOISE = 2e-7;

/**
 * Slope of the loss along a unit direction in one tensor, by central differences extrapolated over two widths, at the widths
 * that leave least in doubt (Ridders' method): far apart, curvature and the kinks of ReLU count; close, rounding.
 */
async function directional(
  store: ParameterStore,
  loss: () => Promise<number>,
  { offset, direction }: { offset: number; direction: Float32Array },
): Promise<{ difference: number; doubt: number }> {
  const kept = store.values.slice(offset, offset + direction.length);
  const lossAt = async (t: number) => {
    store.values.set(
      kept.map((value, i) => value + t * direction[i]!),
      offset,
    );
    return loss();
  };
  let best = { difference: 0, doubt: Number.POSITIVE_INFINITY };
  let far = Number.NaN;
  for (const width of [0.03, 0.01, 0.003, 0.001, 0.0003]) {
    const near = ((await lossAt(width)) - (await lossAt(-width))) / (2 * width);
    const difference = (9 * near - far) / 8;
    const doubt = Math.abs(near - far) / 2 + NOISE / width;
    if (doubt < best.doubt) best = { difference, doubt };
    far = near;
  }
  store.values.set(kept, offset);
  return best;
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function norm(x: Float32Array): number {
  return Math.sqrt(dot(x, x));
}
