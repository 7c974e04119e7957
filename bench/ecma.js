// What ECMA is worth, on drawn scenes: trains every variant for every seed and keeps what each says to every test picture.
// `npm run build && node bench/ecma.js DEMO OUT [GROUPS] [SEEDS] [STEPS] [SCALE of all numbers of scenes]`; DEMO is what `hotlens train demo` left, GROUPS
// and SEEDS are separated by commas. What is done is skipped: run it again to go on, or with other groups or seeds beside it.
// bench/ecmaTable.js makes the tables of docs/ecma.md from OUT/*.json.
//
// rates: seconds that a step of each variant takes, the least of three rounds, into OUT/rates.json: alone on the machine, before the others.
// shift: a Q-Former that learned calm everyday scenes meets crowded events and far, small things. Against the frozen base: the
// Q-Former trained on, adapters of equal size with and without a look at the picture. parts: ECMA without each of its parts.
// settings: the same shift with other scales, widths and layers.
// start: Q-Former with and without ECMA, both from the beginning. converged: the same from the shipped Q-Former, which has learned all.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseEcmaConfig } from '../dist/inference/blip2/ecmaConfig.js';
import { freshAdapter } from '../dist/inference/blip2/freshAdapter.js';
import { createEvaluator } from '../dist/training/captionEvaluator.js';
import { sceneData } from '../dist/training/data/captionData.js';
import { cacheFeatures } from '../dist/training/data/features.js';
import { mlpControl } from '../dist/training/mlpControl.js';
import { openTrainingModel } from '../dist/training/modelDirectory.js';
import { openSprites } from '../dist/training/scenes/sprites.js';
import { trainCaptioning } from '../dist/training/stages/captioning.js';
import { median } from './median.js';

const [demo, out, groups = 'rates,shift,parts,start,converged,settings', seeds = '0,1,2', steps = '400', scale = '1'] =
  process.argv.slice(2);
// A trained vision tower and language model, and a fresh Q-Former.
const model = path.join(demo, '2-language');
const STEPS = Number(steps);
const BATCH = 64;
const scaled = (count) => Math.round(Number(scale) * count);
const TEST_SCENES = scaled(300);
const SPLITS = ['iid', 'compositional', 'complex', 'simple', 'style'];
const sprites = await openSprites();
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

const calm = (seed) => base(`base-calm-${seed}`, { domain: 'calm', seed, steps: 2 * STEPS });
const shift = async (seed) => ({ from: await calm(seed), domain: 'events', seed, steps: STEPS });
const slower = Object.fromEntries(Object.entries(JOINT).map(([name, each]) => [name, { ...each, lr: each.lr / 2 }]));
const GROUPS = {
  rates: async () => {
    for (let round = 0; round < 3; round++)
      for (const [variant, settings] of Object.entries({ ...SHIFT, ...PARTS, ...SETTINGS }))
        if (settings.steps !== 0 && settings.asLongAs === undefined) await timeSteps(variant, settings);
  },
  shift: async (seed) => group('shift', SHIFT, await shift(seed)),
  parts: async (seed) => group('shift', PARTS, await shift(seed)),
  start: (seed) => group('start', JOINT, { from: model, domain: 'all', seed, steps: 3 * STEPS, slotWeight: 0.5 }),
  converged: (seed) =>
    group(
      'converged',
      { frozen: { steps: 0 }, ecma: ecma(), ...slower },
      { from: path.join(demo, '3-captioning'), domain: 'all', seed, steps: STEPS },
    ),
  settings: async (seed) => group('shift', SETTINGS, { ...(await shift(seed)), beams: false }),
};
for (const name of groups.split(',')) for (const seed of seeds.split(',')) await GROUPS[name](Number(seed));

/** Runs the variants of a group that are not done, from one base and with one seed. */
async function group(name, variants, common) {
  for (const [variant, { asLongAs, ...settings }] of Object.entries(variants)) {
    const file = `${name}-${slug(variant)}-${common.seed}`;
    if (existsSync(path.join(out, `${file}.json`))) continue;
    // So many steps more or less that both train for the same time.
    const share = asLongAs === undefined ? 1 : rates()[slug(asLongAs)] / rates().qformer;
    const count = settings.steps ?? Math.round(common.steps * share);
    await measure(file, { ...common, ...settings, steps: count });
  }
}

function slug(name) {
  return name.replace(/[^a-z0-9]+/g, '_');
}

/** A Q-Former trained on a domain, made once. */
async function base(name, { domain, seed, steps }) {
  const directory = path.join(out, name);
  const started = Date.now();
  const result = await trainCaptioning({
    model,
    out: directory,
    seed,
    steps,
    batchSize: BATCH,
    learningRate: 1e-3,
    train: training(domain),
    features,
    slotWeight: 0.5,
  });
  console.log(name, `loss ${result.loss.toFixed(3)}, ${Math.round((Date.now() - started) / 1000)} s`);
  return directory;
}

/** Seconds that a step takes, by variant. */
function rates() {
  const file = path.join(out, 'rates.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** Takes a variant's median time of a step; the least of all rounds is kept. */
async function timeSteps(variant, { lr, control, ecma: settings, baseRate }) {
  const folder = path.join(out, 'runs', 'rate');
  rmSync(folder, { recursive: true, force: true });
  await trainCaptioning({
    ...{
      model,
      out: folder,
      seed: 0,
      steps: 24,
      batchSize: BATCH,
      learningRate: lr,
      train: training('all'),
      features,
    },
    ...{ control, ecma: settings, baseRate },
  });
  const lines = readFileSync(path.join(folder, 'log.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const times = lines.slice(4).map(({ seconds }, i) => seconds - lines[i + 3].seconds);
  const known = rates();
  known[slug(variant)] = Math.min(median(times), known[slug(variant)] ?? Number.POSITIVE_INFINITY);
  writeFileSync(path.join(out, 'rates.json'), JSON.stringify(known));
}

/** Trains a variant and writes what it says, greedy and by five beams, to every test split, and to scenes of its base's domain. */
async function measure(name, { from, domain, seed, steps, lr, control, ecma: settings, baseRate, slotWeight, beams }) {
  const file = path.join(out, `${name}.json`);
  const started = Date.now();
  const captions = {};
  let parameters = 0;
  const collect = async ({ model: trained, store, module }) => {
    parameters = steps === 0 ? 0 : store.values.length;
    const say = async (data, decodings) => {
      const held = await cacheFeatures(opened, data, features);
      const evaluator = await createEvaluator(trained, store, held, { adapter: module });
      const said = {};
      for (const [decoding, numBeams] of Object.entries(decodings))
        said[decoding] = await evaluator.captions({ numBeams });
      await evaluator.dispose();
      await held.close();
      return said;
    };
    const decodings = beams === false ? { greedy: 1 } : { greedy: 1, beam5: 5 };
    for (const split of SPLITS) captions[split] = await say(test(domain, split), decodings);
    // What the base knew already: is it still known?
    if (domain === 'events') captions.calm = await say(test('calm', 'iid'), { greedy: 1 });
  };
  await trainCaptioning({
    model: from,
    out: path.join(out, 'runs', name),
    seed,
    steps,
    batchSize: BATCH,
    learningRate: lr ?? 1e-3,
    train: training(domain),
    features,
    control,
    ecma: settings,
    baseRate,
    slotWeight,
    onTrained: collect,
  });
  writeFileSync(`${file}.new`, JSON.stringify({ name, domain, seed, steps, parameters, captions }));
  renameSync(`${file}.new`, file);
  console.log(name, `${parameters} parameters, ${steps} steps, ${((Date.now() - started) / 1000).toFixed(0)} s`);
}
