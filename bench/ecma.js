// What ECMA is worth, on drawn scenes: trains every variant for every seed and keeps what each says to every test picture.
// `npm run build && node bench/ecma.js MODEL OUT [SEEDS] [STEPS]`; MODEL has a trained vision tower and language model and a fresh
// Q-Former (folder 2-language of `hotlens train demo`). What is done is skipped: run it again to go on. bench/ecmaTable.js makes
// the tables of docs/ecma.md from OUT/*.json.
//
// shift: a Q-Former that learned calm everyday scenes meets crowded events and far, small things. Against the frozen base: the
// Q-Former trained on, adapters of equal size with and without a look at the picture, ECMA without each of its parts.
// start: Q-Former with and without ECMA, both from the beginning. converged: the same from a Q-Former that has learned all.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
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

const [model, out, seeds = '3', steps = '400'] = process.argv.slice(2);
const STEPS = Number(steps);
const BATCH = 64;
const TEST_SCENES = 500;
const SPLITS = ['iid', 'compositional', 'complex', 'simple', 'style'];
const sprites = await openSprites();
const opened = await openTrainingModel(model);
const { config } = opened;
const size = config.vision.image_size;
const features = path.join(out, 'features');
mkdirSync(out, { recursive: true });

const scenes = (options) => sceneData(sprites, { seed: 0, size, domain: 'all', ...options });
const training = (domain) => scenes({ split: 'train', domain, count: domain === 'all' ? 24_000 : 16_000 });
const test = (domain, split) => scenes({ seed: 1, split, domain, count: TEST_SCENES });

const adapterOf = (settings) => parseEcmaConfig({ regime: 'adapter', ...settings }, config.qformer, 'variant');
const sizeOf = (settings) =>
  [...freshAdapter(config, adapterOf(settings), () => 0).values()].reduce((sum, { data }) => sum + data.length, 0);
const ECMA = { innerSize: 64 };
const mlp = (regime) =>
  mlpControl({
    regime,
    layers: adapterOf(ECMA).layers,
    width: config.qformer.hidden_size,
    parameters: sizeOf(ECMA),
  });

const ecma = (settings = {}, regime = 'adapter') => ({ ecma: { regime, config: { ...ECMA, ...settings } }, lr: 3e-3 });
const SHIFT = {
  frozen: { steps: 0 },
  qformer: { lr: 1e-3 },
  mlp: { control: mlp('adapter'), lr: 3e-3 },
  ecma: ecma(),
  'ecma lr 1e-3': { ...ecma(), lr: 1e-3 },
  'ecma lr 6e-3': { ...ecma(), lr: 6e-3 },
  'no bidirectional': ecma({ bidirectional: false }),
  'no multi-scale': ecma({ multiScale: false }),
  'no gating': ecma({ gating: false }),
  'scales 2 3 4 6': ecma({ scales: [2, 3, 4, 6] }),
  'width 32': ecma({ innerSize: 32 }),
  'width 96': ecma({ innerSize: 96 }),
  'all layers': ecma({ innerSize: 40, layers: [0, 1, 2, 3] }),
  'qformer + ecma': { ...ecma({}, 'joint'), baseRate: 1 / 3 },
  'qformer + mlp': { control: mlp('joint'), lr: 3e-3, baseRate: 1 / 3 },
};
const JOINT = {
  qformer: { lr: 1e-3 },
  'qformer + ecma': { ...ecma({}, 'joint'), lr: 1e-3, baseRate: 1 },
  'qformer + mlp': { control: mlp('joint'), lr: 1e-3, baseRate: 1 },
};

for (let seed = 0; seed < Number(seeds); seed += 1) {
  const calm = await base(`base-calm-${seed}`, { domain: 'calm', seed, steps: 2 * STEPS });
  for (const [name, variant] of Object.entries(SHIFT)) {
    await measure(`shift-${slug(name)}-${seed}`, {
      ...variant,
      from: calm,
      domain: 'events',
      seed,
      steps: variant.steps ?? STEPS,
    });
  }
  for (const [name, variant] of Object.entries(JOINT)) {
    await measure(`start-${slug(name)}-${seed}`, {
      ...variant,
      from: model,
      domain: 'all',
      seed,
      steps: 3 * STEPS,
      slotWeight: 0.5,
    });
  }
  const all = await base(`base-all-${seed}`, { domain: 'all', seed, steps: 4 * STEPS });
  for (const [name, variant] of Object.entries(JOINT)) {
    const lr = variant.lr / 2;
    await measure(`converged-${slug(name)}-${seed}`, { ...variant, lr, from: all, domain: 'all', seed, steps: STEPS });
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

/** Trains a variant and writes what it says, greedy and by five beams, to every test split. */
async function measure(name, { from, domain, seed, steps, lr, control, ecma: settings, baseRate, slotWeight }) {
  const file = path.join(out, `${name}.json`);
  if (existsSync(file)) return;
  const started = Date.now();
  const captions = {};
  let parameters = 0;
  let trainSeconds = 0;
  const collect = async ({ model: trained, store, module }) => {
    trainSeconds = (Date.now() - started) / 1000;
    parameters = store.values.length;
    for (const split of SPLITS) {
      const held = await cacheFeatures(opened, test(domain, split), features);
      const evaluator = await createEvaluator(trained, store, held, { adapter: module });
      captions[split] = {
        greedy: await evaluator.captions({ numBeams: 1 }),
        beam5: await evaluator.captions({ numBeams: 5 }),
      };
      if (split === 'iid') console.log(name, JSON.stringify(round(await evaluator.scores({ numBeams: 1 }))));
      await evaluator.dispose();
      await held.close();
    }
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
  writeFileSync(`${file}.new`, JSON.stringify({ name, domain, seed, steps, parameters, trainSeconds, captions }));
  renameSync(`${file}.new`, file);
}

function round(scores) {
  return Object.fromEntries(Object.entries(scores).map(([key, value]) => [key, Math.round(10 * value) / 10]));
}
