// What ECMA is worth, on drawn scenes: trains every variant for every seed and keeps how each of its captions of every test picture scores.
// `npm run build && node bench/ecma.js OUT [GROUPS] [SEEDS] [STEPS] [SCALE of all numbers of scenes]`; GROUPS and SEEDS are separated by commas, OUT is
// a folder for models and features. A finished run is a line of ecmaRecord.ndjson, which is kept with the sources; what it has is skipped, so that the study
// can go on anywhere, and groups or seeds can run side by side (one thread each). bench/ecmaTable.js makes the tables of docs/ecma.md from it.
//
// rates: seconds that a step of each variant takes, the least of three rounds, by all cores: alone on the machine, before the others.
// shift: a Q-Former that learned calm everyday scenes meets crowded events and far, small things. Against the frozen base: the
// Q-Former trained on, adapters of equal size with and without a look at the picture. parts: ECMA without each of its parts.
// settings: the same shift with other scales, widths and layers.
// start: Q-Former with and without ECMA, both from the beginning. converged: the same from the shipped Q-Former, which has learned all.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { queryGraph } from '../dist/inference/blip2/captionGraphs.js';
import { parseEcmaConfig } from '../dist/inference/blip2/ecmaConfig.js';
import { freshAdapter } from '../dist/inference/blip2/freshAdapter.js';
import { createEvaluator } from '../dist/training/captionEvaluator.js';
import { sceneData } from '../dist/training/data/captionData.js';
import { cacheFeatures } from '../dist/training/data/features.js';
import { drawTensors, parametersOf } from '../dist/training/freshModel.js';
import { mlpControl } from '../dist/training/mlpControl.js';
import { openTrainingModel, writeChanged } from '../dist/training/modelDirectory.js';
import { normals } from '../dist/training/random.js';
import { openSprites } from '../dist/training/scenes/sprites.js';
import { trainCaptioning } from '../dist/training/stages/captioning.js';
import { addRecord, RATES, readRecords, scoresOf } from './ecmaRecord.js';
import { median } from './median.js';

const [out, groups = 'shift,parts,start,converged,settings', seeds = '0,1,2', steps = '400', scale = '1'] =
  process.argv.slice(2);
// A trained vision tower and language model, and between them a Q-Former that has learned all.
const SHIPPED = 'models/blip2-scenes';
const STEPS = Number(steps);
const BATCH = 64;
/** Of each run: two side by side do more than one on two cores. */
const THREADS = 1;
const scaled = (count) => Math.round(Number(scale) * count);
const TEST_SCENES = scaled(300);
const SPLITS = ['iid', 'compositional', 'complex', 'simple', 'style'];
const sprites = await openSprites();
// As training writes it, so that what its vision tower sees is computed once for all models here.
const model = path.join(out, 'shipped');
if (!existsSync(model)) await writeChanged(await openTrainingModel(SHIPPED), model, new Map());
const opened = await openTrainingModel(model);
const { config } = opened;
const size = config.vision.image_size;
const features = path.join(out, 'features');
mkdirSync(out, { recursive: true });

const scenes = (options) => sceneData(sprites, { seed: 0, size, domain: 'all', ...options });
const training = (domain) => scenes({ split: 'train', domain, count: scaled(domain === 'all' ? 24_000 : 16_000) });
const test = (domain, split) => scenes({ seed: 1, split, domain, count: TEST_SCENES });

const adapterOf = (settings) => parseEcmaConfig({ regime: 'adapter', ...settings }, config.qformer, 'variant');
const sizeOf = (settings) =>
  [...freshAdapter(config, adapterOf(settings), () => 0).values()].reduce((sum, { data }) => sum + data.length, 0);
// 18.8 % of the Q-Former.
const ECMA = { innerSize: 32, fusionSize: 96, layers: [0, 1, 2, 3] };
const CROSS = { innerSize: 64, fusionSize: 160, layers: [0, 2] };
const mlp = (regime) =>
  mlpControl({ regime, layers: ECMA.layers, width: config.qformer.hidden_size, parameters: sizeOf(ECMA) });

const ecma = (settings = {}, regime = 'adapter') => ({ ecma: { regime, config: { ...ECMA, ...settings } }, lr: 7e-3 });
const SHIFT = {
  frozen: { steps: 0 },
  qformer: { lr: 1e-3 },
  // As long as ECMA alone takes.
  'qformer, equal time': { lr: 1e-3, asLongAs: 'ecma' },
  mlp: { control: mlp('adapter'), lr: 7e-3 },
  ecma: ecma(),
  'qformer + ecma': { ...ecma({}, 'joint'), baseRate: 1 / 7 },
  'qformer + mlp': { control: mlp('joint'), lr: 7e-3, baseRate: 1 / 7 },
};
const PARTS = {
  'no fusion': ecma({ fusionSize: 0 }),
  'no bidirectional': ecma({ bidirectional: false }),
  'no multi-scale': ecma({ multiScale: false }),
  'no gating': ecma({ gating: false }),
};
const SETTINGS = {
  'cross-attention layers': ecma(CROSS),
  'scales 2 3 4 6': ecma({ scales: [2, 3, 4, 6] }),
  'scale 1': ecma({ scales: [1] }),
  'width 16': ecma({ innerSize: 16 }),
  'width 64': ecma({ innerSize: 64 }),
};
const JOINT = {
  qformer: { lr: 1e-3 },
  'qformer + ecma': { ...ecma({}, 'joint'), lr: 1e-3, baseRate: 1 },
  'qformer, equal time': { lr: 1e-3, asLongAs: 'qformer + ecma' },
  'qformer + mlp': { control: mlp('joint'), lr: 1e-3, baseRate: 1 },
};

const calm = async (seed) =>
  base(`base-calm-${seed}`, { from: await fresh(seed), domain: 'calm', seed, steps: 2 * STEPS });
// The keyword loss makes who holds what be learned in time in every seed; without it the moment at which that happens decides.
const SLOTS = { slotWeight: 0.5 };
const shift = async (seed) => ({ from: await calm(seed), domain: 'events', seed, steps: STEPS, ...SLOTS });
const slower = Object.fromEntries(Object.entries(JOINT).map(([name, each]) => [name, { ...each, lr: each.lr / 2 }]));
const GROUPS = {
  rates: async () => {
    for (let round = 0; round < 3; round++)
      for (const [variant, settings] of Object.entries({ ...SHIFT, ...PARTS, ...SETTINGS }))
        if (settings.steps !== 0 && settings.asLongAs === undefined) await timeSteps(variant, settings);
  },
  // What the others need, for those that run side by side.
  features: async () => {
    for (const domain of ['calm', 'events', 'all']) {
      const held = [...SPLITS.map((split) => test(domain, split)), training(domain)];
      for (const data of held) await (await cacheFeatures(opened, data, features)).close();
    }
  },
  shift: async (seed) => group('shift', SHIFT, await shift(seed)),
  parts: async (seed) => group('shift', PARTS, await shift(seed)),
  start: async (seed) =>
    group('start', JOINT, { from: await fresh(seed), domain: 'all', seed, steps: 3 * STEPS, ...SLOTS }),
  converged: (seed) =>
    group(
      'converged',
      { frozen: { steps: 0 }, ecma: ecma(), ...slower },
      { from: model, domain: 'all', seed, steps: STEPS, ...SLOTS },
    ),
  settings: async (seed) => group('shift', SETTINGS, { ...(await shift(seed)), beams: false }),
};
for (const name of groups.split(',')) for (const seed of seeds.split(',')) await GROUPS[name](Number(seed));

/** Runs the variants of a group that are not done, from one base and with one seed. */
async function group(name, variants, common) {
  for (const [variant, { asLongAs, ...settings }] of Object.entries(variants)) {
    const done = readRecords().some((run) => run.group === name && run.variant === variant && run.seed === common.seed);
    if (done) continue;
    // So many steps more or less that both train for the same time.
    const share = asLongAs === undefined ? 1 : rates()[asLongAs] / rates().qformer;
    const count = settings.steps ?? Math.round(common.steps * share);
    await measure({ group: name, variant, ...common, ...settings, steps: count });
  }
}

function slug(name) {
  return name.replace(/[^a-z0-9]+/g, '_');
}

/** The shipped model with a Q-Former that has learned nothing, made once. */
async function fresh(seed) {
  const directory = path.join(out, `fresh-${seed}`);
  if (!existsSync(path.join(directory, 'model.safetensors'))) {
    const shapes = parametersOf(config, (recorder) => queryGraph(recorder, config));
    await writeChanged(opened, directory, drawTensors(shapes, normals('fresh Q-Former', seed), config));
  }
  return directory;
}

/** A Q-Former trained on a domain, made once. */
async function base(name, { from, domain, seed, steps }) {
  const directory = path.join(out, name);
  const started = Date.now();
  const result = await trainCaptioning({
    model: from,
    out: directory,
    seed,
    steps,
    batchSize: BATCH,
    threads: THREADS,
    learningRate: 1e-3,
    train: training(domain),
    features,
    ...SLOTS,
  });
  console.log(name, `loss ${result.loss.toFixed(3)}, ${Math.round((Date.now() - started) / 1000)} s`);
  return directory;
}

/** Seconds that a step takes, by variant. */
function rates() {
  return existsSync(RATES) ? JSON.parse(readFileSync(RATES, 'utf8')) : {};
}

/** Takes a variant's median time of a step; the least of all rounds is kept. */
async function timeSteps(variant, { lr, control, ecma: settings, baseRate }) {
  const folder = path.join(out, 'runs', 'rate');
  rmSync(folder, { recursive: true, force: true });
  await trainCaptioning({
    model: await fresh(0),
    out: folder,
    seed: 0,
    steps: 24,
    batchSize: BATCH,
    learningRate: lr,
    train: training('all'),
    features,
    control,
    ecma: settings,
    baseRate,
    ...SLOTS,
  });
  const lines = readFileSync(path.join(folder, 'log.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const times = lines.slice(4).map(({ seconds }, i) => seconds - lines[i + 3].seconds);
  const known = rates();
  known[variant] = Math.min(Number(median(times).toFixed(4)), known[variant] ?? Number.POSITIVE_INFINITY);
  writeFileSync(RATES, `${JSON.stringify(known, null, 2)}\n`);
}

/** Trains a variant and records what it says, greedy and by five beams, of every test split, and of scenes of its base's domain. */
async function measure({ group, variant, from, domain, seed, steps, lr, control, ecma: settings, ...rest }) {
  const { baseRate, slotWeight, beams } = rest;
  const folder = path.join(out, 'runs', `${group}-${slug(variant)}-${seed}`);
  const started = Date.now();
  const scores = {};
  let parameters = 0;
  const collect = async ({ model: trained, store, module }) => {
    parameters = steps === 0 ? 0 : store.values.length;
    const say = async (name, data, decodings) => {
      const held = await cacheFeatures(opened, data, features);
      const evaluator = await createEvaluator(trained, store, held, { adapter: module, threads: THREADS });
      for (const [decoding, numBeams] of Object.entries(decodings))
        scores[`${name} ${decoding}`] = scoresOf(data, await evaluator.captions({ numBeams }));
      await evaluator.dispose();
      await held.close();
    };
    const decodings = beams === false ? { greedy: 1 } : { greedy: 1, beam5: 5 };
    for (const split of SPLITS) await say(split, test(domain, split), decodings);
    // What the base knew already: is it still known?
    if (domain === 'events') await say('calm', test('calm', 'iid'), { greedy: 1 });
  };
  const { loss } = await trainCaptioning({
    model: from,
    out: folder,
    seed,
    steps,
    batchSize: BATCH,
    threads: THREADS,
    learningRate: lr ?? 1e-3,
    train: training(domain),
    features,
    control,
    ecma: settings,
    baseRate,
    slotWeight,
    onTrained: collect,
  });
  addRecord({ group, variant, seed, steps, parameters, loss: Number(loss.toFixed(4)), scores });
  rmSync(folder, { recursive: true, force: true });
  console.log(
    group,
    variant,
    seed,
    `${parameters} parameters, ${steps} steps, ${((Date.now() - started) / 1000).toFixed(0)} s`,
  );
}
