// The training graph of the vision tower, which looks at some patches only: are they the ones that it is told of?
import { describe, expect, test } from '@jest/globals';
import { parseBlip2Config } from '../../src/inference/blip2/config.js';
import { visionEmbeddings } from '../../src/inference/blip2/vision.js';
import type { Scope } from '../../src/inference/layers/layers.js';
import { createGraph, input, output } from '../../src/onnx/graph.js';
import { createSession } from '../../src/onnx/session.js';
import { floats, ids } from '../../src/onnx/tensors.js';
import { sceneNames, visionBatch } from '../../src/training/data/visionBatch.js';
import { drawTensors, parametersOf } from '../../src/training/freshModel.js';
import { type Feeds, parameterFeeds } from '../../src/training/gradientShard.js';
import { lossAndGradients } from '../../src/training/lossAndGradients.js';
import { someEmbeddings, visionObjective } from '../../src/training/objectives/vision.js';
import { createStore, trainable } from '../../src/training/parameterStore.js';
import { DEMO_PRESET, presetConfig } from '../../src/training/preset.js';
import { normals } from '../../src/training/random.js';
import { randomOf } from '../../src/training/scenes/random.js';
import { testSprites } from '../support/sceneSprites.js';

// 34: the last pixels belong to no whole patch.
const [SIZE, PATCH, BATCH, CLASSES] = [34, 8, 2, 5];
const ALL = Math.floor(SIZE / PATCH) ** 2;
const preset = { ...DEMO_PRESET, width: 32, heads: 2, imageSize: SIZE, patchSize: PATCH, visionLayers: 2 };
const config = parseBlip2Config(presetConfig(preset).config, 'config.json');
const random = normals('vision objective');
const draw = (count: number) => Float32Array.from({ length: count }, () => random());

const shape = (patches: number) => ({ batch: BATCH, patches, classes: CLASSES, choices: { place: 3 } });
const tensors = drawTensors(
  parametersOf(config, (recorder) => {
    visionObjective(recorder, config.vision, shape(ALL));
  }),
  random,
  config,
);
const common = {
  pixel_values: floats(draw(BATCH * 3 * SIZE * SIZE), [BATCH, 3, SIZE, SIZE]),
  presence: floats(
    Float32Array.from({ length: BATCH * CLASSES }, (_, i) => i % 2),
    [BATCH, CLASSES],
  ),
  mean: floats(new Float32Array(BATCH).fill(1 / BATCH)),
  choice_place: ids([1, 2]),
};

/** Feeds that look at the patches `order` of every picture; patch k of a picture has class (k + picture) mod CLASSES and weight by k. */
function looking(order: readonly number[]): Feeds {
  const each = <T>(of: (place: number, row: number) => T) =>
    [0, 1].flatMap((row) => order.map((place) => of(place, row)));
  return {
    ...common,
    labels: ids(each((place, row) => (place + row) % CLASSES)),
    weights: floats(Float32Array.from(each((place) => (1 + place) / 300))),
    patches: ids(each((place, row) => row * ALL + place)),
    places: ids([0, 1].flatMap(() => [0, ...order.map((place) => 1 + place)])),
  };
}

async function trained(patches: number, feeds: Feeds) {
  const store = createStore(new Map([...tensors].map(([name, each]) => [name, { ...each, data: each.data.slice() }])));
  const build = (parameters: Parameters<typeof visionObjective>[0]) =>
    visionObjective(parameters, config.vision, shape(patches));
  const step = await lossAndGradients(store, build, { threads: 1 });
  const { loss } = await step.run(feeds);
  await step.dispose();
  return { loss: loss!, gradients: step.gradients };
}

function expectEqual(a: Awaited<ReturnType<typeof trained>>, b: Awaited<ReturnType<typeof trained>>): void {
  expect(a.loss).toBeCloseTo(b.loss, 5);
  const largest = b.gradients.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  expect(largest).toBeGreaterThan(1e-3);
  const error = a.gradients.reduce((top, value, i) => Math.max(top, Math.abs(value - b.gradients[i]!)), 0);
  expect(error / largest).toBeLessThan(1e-4);
}

describe('visionObjective', () => {
  test('learns the same of patches in any order', async () => {
    const some = [3, 4, 5, 9, 12, 15];
    const there = await trained(some.length, looking(some));
    expectEqual(await trained(some.length, looking([...some].reverse())), there);
  });

  test('embeds the patches that a batch names as the whole tower embeds them', async () => {
    const names = sceneNames(0, 0, BATCH);
    const options = { size: SIZE, patch: PATCH, patches: 6, recolour: true };
    const feeds = visionBatch(await testSprites(), names, options, randomOf('vision objective'));
    const graph = createGraph('embeddings');
    const store = createStore(tensors);
    const scope: Scope = { graph, parameters: trainable(store), prefix: 'vision_model.' };
    const pixels = input(graph, 'pixel_values', 'float32', [BATCH, 3, SIZE, SIZE]);
    output('some', someEmbeddings(scope, config.vision, pixels, 6));
    output('all', visionEmbeddings(scope, config.vision, pixels));
    const session = await createSession(graph, { provider: 'cpu', threads: 1 });
    const given: Feeds = { ...feeds, ...parameterFeeds(store, graph) };
    const { some, all } = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, given[name]!])));
    await session.dispose();
    const width = config.vision.hidden_size;
    const row = (data: unknown, at: number) => [...(data as Float32Array).subarray(at * width, (at + 1) * width)];
    const places = [...(feeds.places!.data as BigInt64Array)].map(Number);
    expect(places.filter((place) => place === 0)).toHaveLength(BATCH);
    places.forEach((place, i) => {
      const picture = Math.floor(i / 7);
      expect(row(some!.data, i)).toEqual(row(all!.data, picture * (1 + ALL) + place));
    });
  });
});
