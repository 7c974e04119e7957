// The stages of training at the shipped model's shapes, on made-up batches: what bench/training.js takes the time of.
import * as ort from 'onnxruntime-node';
import { parseBlip2Config } from '../../dist/inference/blip2/config.js';
import { floats, ids } from '../../dist/onnx/tensors.js';
import { CHOICES, PATCH_CLASSES } from '../../dist/training/data/visionBatch.js';
import { drawTensors, modelParameters, parametersOf } from '../../dist/training/freshModel.js';
import { lossAndGradients } from '../../dist/training/lossAndGradients.js';
import { captioningObjective } from '../../dist/training/objectives/captioning.js';
import { languageObjective } from '../../dist/training/objectives/language.js';
import { stage1Objective } from '../../dist/training/objectives/stage1.js';
import { visionObjective } from '../../dist/training/objectives/vision.js';
import { createStore } from '../../dist/training/parameterStore.js';
import { DEMO_PRESET, presetConfig, RETRIEVAL_PRESET, retrievalConfig } from '../../dist/training/preset.js';
import { normals } from '../../dist/training/random.js';
import { vocabulary } from '../../dist/training/scenes/caption.js';

/** As many as the peer is given. */
export const THREADS = 2;
const BATCH = 64;

const files = presetConfig(DEMO_PRESET);
const config = parseBlip2Config(files.config, 'config.json');
const retrieval = retrievalConfig(files, vocabulary(), RETRIEVAL_PRESET);
const { vision, text } = config;
const patches = (vision.image_size / vision.patch_size) ** 2;
const tokens = patches + 1;
const random = normals('bench');
const draw = (count, of) => Float32Array.from({ length: count }, of);
const below = (count, limit) => ids(Array.from({ length: count }, () => Math.floor(Math.random() * limit)));

/** By name: what the peer is told of it (`peer`: its name there, the model's configuration), and how a step of ours is made. */
export const STAGES = {
  // As for most of the stage: 60 of 144 patches are looked at.
  'vision, 60 patches': { peer: 'vision', config: files.config, batch: BATCH, length: 60, rows: 0, build: buildVision },
  'vision, all patches': {
    peer: 'vision',
    config: files.config,
    batch: BATCH,
    length: patches,
    rows: 0,
    build: buildVision,
  },
  language: { peer: 'language', config: files.config, batch: BATCH, length: 54, rows: 1280, build: buildLanguage },
  // The batch is one: each picture stands against all texts.
  'stage 1': {
    peer: 'stage1',
    config: retrieval.config,
    batch: BATCH,
    length: 24,
    rows: 1200,
    whole: true,
    build: buildStage1,
  },
  captioning: {
    peer: 'captioning',
    config: files.config,
    batch: BATCH,
    length: 36,
    rows: 1280,
    build: buildCaptioning,
  },
};

async function buildVision({ batch, length: seen, shards, shares }) {
  const share = batch / shares;
  const options = { batch: share, patches: seen, classes: PATCH_CLASSES, choices: CHOICES };
  const shapes = parametersOf(config, (recorder) => visionObjective(recorder, vision, options));
  const store = createStore(drawTensors(shapes, random, config));
  const size = vision.image_size;
  const feeds = {
    pixel_values: floats(draw(share * 3 * size * size, Math.random), [share, 3, size, size]),
    labels: below(share * seen, PATCH_CLASSES),
    weights: floats(new Float32Array(share * seen).fill(1 / (share * seen))),
    ...(seen === patches
      ? {}
      : {
          patches: ids(Array.from({ length: share * seen }, (_, i) => Math.floor(i / seen) * patches + (i % seen))),
          places: ids(Array.from({ length: share * (1 + seen) }, (_, i) => i % (1 + seen))),
        }),
    presence: floats(draw(share * PATCH_CLASSES, Math.random), [share, PATCH_CLASSES]),
    mean: floats(new Float32Array(share).fill(1 / share)),
    ...Object.fromEntries(Object.entries(CHOICES).map(([name, count]) => [`choice_${name}`, below(share, count)])),
  };
  return {
    feeds,
    step: await lossAndGradients(store, (p) => visionObjective(p, vision, options), {
      threads: THREADS / shards,
      shards,
      shares,
    }),
  };
}

async function buildCaptioning({ batch: whole, length, rows: allRows, shards, shares }) {
  const batch = whole / shares;
  const rows = allRows / shares;
  const all = drawTensors(modelParameters(config), random, config);
  const moving = /^(qformer\.|query_tokens$|language_projection\.)/;
  const store = createStore(new Map([...all].filter(([name]) => moving.test(name))));
  const frozen = constants(new Map([...all].filter(([name]) => !moving.test(name))));
  const options = { batch, length, rows, from: 'features' };
  const places = config.numQueryTokens + length;
  const feeds = {
    image_embeds: features(batch),
    input_ids: ids(
      Array.from({ length: batch * length }, () => 10 + Math.floor(Math.random() * 900)),
      [batch, length],
    ),
    rows: ids(Array.from({ length: rows }, (_, i) => (i % batch) * places + config.numQueryTokens + (i % length))),
    labels: below(rows, 900),
    weights: floats(new Float32Array(rows).fill(1 / rows)),
  };
  return {
    feeds,
    step: await lossAndGradients(store, (p) => captioningObjective(p, config, options), {
      frozen,
      threads: THREADS / shards,
      shards,
      shares,
    }),
  };
}

/** Frozen parameters from memory. */
function constants(tensors) {
  return {
    has: (name) => tensors.has(name),
    value(graph, name, shape) {
      const { data } = tensors.get(name);
      const value = { graph, name, dtype: 'float32', shape };
      graph.initializers.set(name, { value, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) });
      graph.values.set(name, value);
      return value;
    },
  };
}

async function buildLanguage({ batch: whole, length, rows: allRows, shards, shares }) {
  const batch = whole / shares;
  const rows = allRows / shares;
  const options = { batch, length, rows };
  const shapes = parametersOf(config, (recorder) => languageObjective(recorder, text, options));
  const store = createStore(drawTensors(shapes, random, config));
  const feeds = {
    input_ids: ids(
      Array.from({ length: batch * length }, () => 10 + Math.floor(Math.random() * 900)),
      [batch, length],
    ),
    position_ids: ids(
      Array.from({ length: batch * length }, (_, i) => i % length),
      [batch, length],
    ),
    rows: below(rows, batch * length),
    labels: below(rows, 900),
    weights: floats(new Float32Array(rows).fill(1 / rows)),
  };
  return {
    feeds,
    step: await lossAndGradients(store, (p) => languageObjective(p, text, options), {
      threads: THREADS / shards,
      shards,
      shares,
    }),
  };
}

async function buildStage1({ batch, length, rows }) {
  const model = parseBlip2Config(retrieval.config, 'config.json');
  const options = { batch, length, rows, from: 'features', sayId: 4 };
  const shapes = new Map([
    ...modelParameters(model),
    ...parametersOf(model, (recorder) => stage1Objective(recorder, model, options)),
  ]);
  const moving = [...shapes].filter(([name]) => !name.startsWith('vision_model.'));
  const store = createStore(drawTensors(new Map(moving), random, model));
  const places = model.numQueryTokens + 2 * length;
  const own = (i) => Math.floor(i / batch) === i % batch;
  const feeds = {
    image_embeds: features(batch),
    input_ids: ids(
      Array.from({ length: batch * length }, () => 10 + Math.floor(Math.random() * 400)),
      [batch, length],
    ),
    padding: floats(new Float32Array(batch * length), [batch, length]),
    targets: floats(
      draw(batch * batch, (_, i) => Number(own(i))),
      [batch, batch],
    ),
    noise: floats(
      draw(batch * batch, (_, i) => (own(i) ? -1e4 : 0)),
      [batch, batch],
    ),
    match_weights: floats(new Float32Array(2 * batch).fill(1 / (2 * batch))),
    rows: ids(
      Array.from(
        { length: rows },
        (_, i) => (i % batch) * places + model.numQueryTokens + length + (Math.floor(i / batch) % length),
      ),
    ),
    labels: below(rows, 400),
    weights: floats(new Float32Array(rows).fill(1 / rows)),
  };
  return {
    feeds,
    step: await lossAndGradients(store, (p) => stage1Objective(p, model, options), { threads: THREADS }),
  };
}

/** Features of a frozen tower, as they come from its cache. */
function features(batch) {
  const size = batch * tokens * vision.hidden_size;
  const bits = Uint16Array.from({ length: size }, () => 0x3800 + Math.floor(Math.random() * 1024));
  return new ort.Tensor('float16', bits, [batch, tokens, vision.hidden_size]);
}
