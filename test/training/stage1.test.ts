// The losses of the first stage and their gradients, against torch's in float64, where each loss has passes of its own
// (bench/peers/makeStage1Gradients.py).
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { type Blip2Config, parseBlip2Config } from '../../src/inference/blip2/config.js';
import { openWeights, type Weights } from '../../src/inference/checkpoint/weights.js';
import { output } from '../../src/onnx/graph.js';
import { createSession } from '../../src/onnx/session.js';
import { floats, ids } from '../../src/onnx/tensors.js';
import { targetFeeds } from '../../src/training/data/documents.js';
import { pairFeeds } from '../../src/training/data/retrievalBatch.js';
import { parameterFeeds } from '../../src/training/gradientShard.js';
import { lossAndGradients } from '../../src/training/lossAndGradients.js';
import { stage1Objective } from '../../src/training/objectives/stage1.js';
import {
  createStore,
  type ParameterStore,
  type ParameterTensor,
  trainable,
} from '../../src/training/parameterStore.js';
import { randomOf } from '../../src/training/scenes/random.js';
import { readTensors } from '../support/closeness.js';

const MODEL = 'test/fixtures/checkpoints/retrieval-float16';
const FIXTURE = 'test/fixtures/stage1';
/** More than there are tokens that count: the rest weighs nothing. */
const ROWS = 30;

interface Expected {
  readonly input_ids: readonly (readonly number[])[];
  readonly lengths: readonly number[];
  readonly say_id: number;
  readonly alike: readonly (readonly number[])[];
  readonly loss: number;
  readonly contrast_loss: number;
  readonly match_loss: number;
  readonly say_loss: number;
  readonly hard_pictures: readonly number[];
  readonly hard_texts: readonly number[];
}

let config: Blip2Config;
let weights: Weights;
let expected: Expected;
let store: ParameterStore;
let feeds: Record<string, ort.Tensor>;

beforeAll(async () => {
  config = parseBlip2Config(JSON.parse(await readFile(`${MODEL}/config.json`, 'utf8')), 'config.json');
  weights = await openWeights(MODEL);
  expected = JSON.parse(await readFile(`${FIXTURE}/expected.json`, 'utf8')) as Expected;
  const inputs = await readTensors(`${FIXTURE}/inputs.safetensors`);
  const moving = Object.entries({ ...(await readTensors(`${MODEL}/model.safetensors`)), ...inputs }).filter(
    ([name]) => !/^(vision_model\.|pixel_values$|noise$)/.test(name),
  );
  store = createStore(new Map<string, ParameterTensor>(moving));
  feeds = batchOf(expected, inputs);
});

const length = () => expected.input_ids[0]!.length;
const options = () => ({
  batch: expected.input_ids.length,
  length: length(),
  rows: ROWS,
  from: 'pixels' as const,
  sayId: expected.say_id,
});

function batchOf(
  { input_ids: tokens, lengths, alike }: Expected,
  inputs: Record<string, ParameterTensor>,
): Record<string, ort.Tensor> {
  const batch = tokens.length;
  const places = config.numQueryTokens + 2 * length();
  const said = lengths.flatMap((count, row) =>
    Array.from({ length: count - 1 }, (_, i) => ({
      row: row * places + config.numQueryTokens + length() + i,
      label: tokens[row]![i + 1]!,
    })),
  );
  const same = alike.map((row) => row.map(Boolean));
  return {
    pixel_values: new ort.Tensor('float32', inputs.pixel_values!.data, [...inputs.pixel_values!.shape]),
    input_ids: ids(tokens.flat(), [batch, length()]),
    padding: floats(
      Float32Array.from(tokens.flat(), (_, i) => (i % length() < lengths[Math.floor(i / length())]! ? 0 : 1)),
      [batch, length()],
    ),
    ...pairFeeds(same, randomOf('test')),
    noise: floats(inputs.noise!.data, [batch, batch]),
    ...targetFeeds(said, ROWS),
  };
}

describe('stage 1', () => {
  test('has the three losses and, on all 82 tensors, the gradients that torch computes in float64', async () => {
    const step = await lossAndGradients(store, (parameters) => stage1Objective(parameters, config, options()), {
      frozen: weights,
      threads: 1,
    });
    const found = await step.run(feeds);
    await step.dispose();
    expect(step.unused).toEqual([]);
    expect(Math.abs(found.contrastLoss! - expected.contrast_loss)).toBeLessThan(1e-5);
    expect(Math.abs(found.matchLoss! - expected.match_loss)).toBeLessThan(1e-5);
    expect(Math.abs(found.sayLoss! - expected.say_loss)).toBeLessThan(1e-5);
    const reference = await readTensors(`${FIXTURE}/gradients.safetensors`);
    expect(store.entries.map(({ name }) => name).sort()).toEqual(Object.keys(reference).sort());
    const errors = store.entries.map(({ name, offset, size }): [string, number] => {
      const truth = reference[name]!.data;
      const gradient = step.gradients.subarray(offset, offset + size);
      // The bias of a key projection moves no attention: its true gradient is 0, and ours has to vanish beside the others.
      if (/attention\.key\.bias$/.test(name)) return [name, norm(gradient)];
      return [name, norm(gradient.map((value, i) => value - truth[i]!)) / norm(truth)];
    });
    expect(errors.filter(([, error]) => !(error < 1e-4))).toEqual([]);
  });

  test('a hard negative is the most similar one that is not the same', async () => {
    const { graph } = stage1Objective(trainable(store, weights), config, options());
    const chosen = graph.nodes.filter(({ opType }) => opType === 'ArgMax').map(({ outputs: [name] }) => name!);
    chosen.forEach((name, i) => {
      output(`chosen_${i}`, graph.values.get(name)!);
    });
    const session = await createSession(graph, { provider: 'cpu', threads: 1 });
    const all = { ...feeds, ...parameterFeeds(store, graph) };
    const results = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, all[name]!])));
    await session.dispose();
    expect(Array.from(results.chosen_0!.data as BigInt64Array, Number)).toEqual(expected.hard_pictures);
    expect(Array.from(results.chosen_1!.data as BigInt64Array, Number)).toEqual(expected.hard_texts);
  });
});

function norm(x: Float32Array): number {
  return Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
}
