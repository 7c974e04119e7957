// Milliseconds of a training step of the shipped model's shapes, here and in PyTorch, in turns in one run:
// `npm run build && HOTLENS_PEER_PYTHON=/path/to/python node bench/training.js [ROUNDS] [STAGE]` (torch 2.13.0, transformers 5.18.0).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseBlip2Config } from '../dist/inference/blip2/config.js';
import { floats, ids } from '../dist/onnx/tensors.js';
import { ADAMW, adamwState } from '../dist/training/adamw.js';
import { CHOICES, PATCH_CLASSES } from '../dist/training/data/visionBatch.js';
import { drawTensors, modelParameters, parametersOf } from '../dist/training/freshModel.js';
import { lossAndGradients } from '../dist/training/lossAndGradients.js';
import { captioningObjective } from '../dist/training/objectives/captioning.js';
import { visionObjective } from '../dist/training/objectives/vision.js';
import { createStore } from '../dist/training/parameterStore.js';
import { DEMO_PRESET, presetConfig } from '../dist/training/preset.js';
import { normals } from '../dist/training/random.js';
import { median } from './median.js';
import { PEER, runPeer } from './peer.js';

const [, , roundsText = '3', wanted = ''] = process.argv;
const rounds = Number(roundsText);
const STEPS = 10;
/** As many as the peer is given. */
const THREADS = 2;
const files = presetConfig(DEMO_PRESET);
const config = parseBlip2Config(files.config, 'config.json');
const { vision } = config;
const patches = (vision.image_size / vision.patch_size) ** 2;
const tokens = patches + 1;
const random = normals('bench');
const draw = (count, of) => Float32Array.from({ length: count }, of);
const below = (count, limit) => ids(Array.from({ length: count }, () => Math.floor(Math.random() * limit)));

const stages = {
  // As for most of the stage: 60 of 144 patches are looked at.
  'vision, 60 patches': { batch: 64, length: 60, rows: 0, build: buildVision },
  'vision, all patches': { batch: 64, length: patches, rows: 0, build: buildVision },
  captioning: { batch: 64, length: 36, rows: 1280, build: buildCaptioning },
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
  const ort = await import('onnxruntime-node');
  const all = drawTensors(modelParameters(config), random, config);
  const moving = /^(qformer\.|query_tokens$|language_projection\.)/;
  const store = createStore(new Map([...all].filter(([name]) => moving.test(name))));
  const frozen = constants(new Map([...all].filter(([name]) => !moving.test(name))));
  const options = { batch, length, rows, from: 'features' };
  const places = config.numQueryTokens + length;
  const halves = Uint16Array.from(
    { length: batch * tokens * vision.hidden_size },
    () => 0x3800 + Math.floor(Math.random() * 1024),
  );
  const feeds = {
    image_embeds: new ort.Tensor('float16', halves, [batch, tokens, vision.hidden_size]),
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

async function ours(name, shards, shares) {
  const { feeds, step } = await stages[name].build({ ...stages[name], shards, shares });
  const state = adamwState(step.parameters);
  const skip = new Set(step.unused);
  const times = [];
  for (let i = 1; i <= STEPS + 3; i += 1) {
    const started = performance.now();
    await step.run(...Array(shares).fill(feeds));
    await step.update(state, ADAMW, { step: i, scale: 1, skip });
    if (i > 3) times.push(performance.now() - started);
  }
  await step.dispose();
  return times;
}

function theirs(name) {
  const { batch, length, rows } = stages[name];
  return runPeer('training.py', [path.join(folder, 'config.json'), name.split(',')[0], batch, length, rows, STEPS]).ms;
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'hotlens-bench-'));
writeFileSync(path.join(folder, 'config.json'), JSON.stringify(files.config));
for (const name of Object.keys(stages).filter((each) => each.startsWith(wanted))) {
  const { batch } = stages[name];
  const ways = {
    'one session of 2 threads': [1, 1],
    '2 sessions of one thread': [2, 2],
    ...Object.fromEntries([16, 8].map((share) => [`the same, in shares of ${share}`, [2, batch / share]])),
  };
  const all = { ...Object.fromEntries(Object.keys(ways).map((way) => [way, []])), PyTorch: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const [way, [shards, shares]] of Object.entries(ways)) all[way].push(...(await ours(name, shards, shares)));
    if (PEER) all.PyTorch.push(...theirs(name));
  }
  const peer = all.PyTorch.length > 0 ? median(all.PyTorch) : undefined;
  for (const [way, times] of Object.entries(all)) {
    if (times.length === 0) continue;
    const ratio =
      peer === undefined || way === 'PyTorch' ? '' : `, ${(peer / median(times)).toFixed(2)} times PyTorch's speed`;
    process.stdout.write(
      `${name}, ${way}: ${median(times).toFixed(0)} ms a step (least ${Math.min(...times).toFixed(0)})${ratio}\n`,
    );
  }
}
rmSync(folder, { recursive: true });
