// Stage "vision": the vision tower, from labelled patches of drawn scenes.
import { digestModel } from '../../inference/checkpoint/modelDigest.js';
import { ADAMW } from '../adamw.js';
import { CHOICES, PATCH_CLASSES, sceneNames, visionBatch } from '../data/visionBatch.js';
import { drawTensors, parametersOf } from '../freshModel.js';
import { type LossAndGradients, lossAndGradients } from '../lossAndGradients.js';
import { openTrainingModel, readMatching, type TrainingModel, writeChanged } from '../modelDirectory.js';
import { visionObjective } from '../objectives/vision.js';
import { createStore, tensorsOf } from '../parameterStore.js';
import { normals } from '../random.js';
import { once } from '../runDirectory.js';
import { randomOf } from '../scenes/random.js';
import { openSprites } from '../scenes/sprites.js';
import { shardsFor } from '../shards.js';
import { type TrainResult, trainLoop } from '../trainLoop.js';
import { given, runIdentity, type StageDefaults, type StageOptions, warmupOf } from './stage.js';

export const VISION_DEFAULTS: StageDefaults = { steps: 8000, batchSize: 64, learningRate: 1e-3 };

/** For this share of the steps only some patches are looked at, which is three times as fast; then all. */
const PARTIAL_SHARE = 0.82;
const PARTIAL_PATCHES = 60;

/** Trains the vision tower of a model with drawn scenes. A run that is finished is not done again. */
export async function trainVision(options: StageOptions): Promise<TrainResult> {
  const model = await openTrainingModel(options.model);
  const { seed, steps, batchSize, learningRate } = options;
  const digest = await digestModel(options.model);
  const identity = runIdentity('vision', { seed, steps, batchSize, learningRate, digest });
  return once({ ...options, identity }, () => train(model, { ...options, identity }));
}

async function train(model: TrainingModel, options: StageOptions & { identity: string }): Promise<TrainResult> {
  const { vision } = model.config;
  const sprites = await openSprites();
  const all = Math.floor(vision.image_size / vision.patch_size) ** 2;
  const partial = Math.min(PARTIAL_PATCHES, all);
  const partialSteps = Math.floor(PARTIAL_SHARE * options.steps);
  const cut = (patches: number) => shardsFor(options.batchSize, options.threads ?? 0, { rows: 1 + patches });
  const patchesAt = (step: number) => (step <= partialSteps ? partial : all);
  const sharesOfPartial = partialSteps * cut(partial).shares;
  const shape = (patches: number) => ({
    batch: cut(patches).share,
    patches,
    classes: PATCH_CLASSES,
    choices: CHOICES,
  });

  const tower = await readMatching(model, (name) => name.startsWith('vision_model.'));
  const wanted = parametersOf(model.config, (recorder) => {
    visionObjective(recorder, vision, shape(all));
  });
  const heads = new Map([...wanted].filter(([name]) => name.startsWith('heads.')));
  const store = createStore(
    new Map([...tower, ...drawTensors(heads, normals('vision heads', options.seed), model.config)]),
  );
  const objectives = new Map<number, LossAndGradients>();
  const objective = async (step: number) => {
    const patches = patchesAt(step);
    let found = objectives.get(patches);
    if (found === undefined) {
      for (const other of objectives.values()) await other.dispose();
      found = await lossAndGradients(
        store,
        (parameters) => visionObjective(parameters, vision, shape(patches)),
        cut(patches),
      );
      objectives.clear();
      objectives.set(patches, found);
    }
    return found;
  };
  const { out, identity, onProgress, signal, checkpointSeconds } = options;
  const result = await trainLoop(
    {
      store,
      steps: options.steps,
      objective,
      shares: (step) => cut(patchesAt(step)).shares,
      batch: (index) => {
        const before = index - 1;
        const patches = before < sharesOfPartial ? partial : all;
        const { share } = cut(patches);
        const from =
          patches === partial ? before * share : partialSteps * options.batchSize + (before - sharesOfPartial) * share;
        return visionBatch(
          sprites,
          sceneNames(options.seed, from, share),
          { size: vision.image_size, patch: vision.patch_size, patches, recolour: true },
          randomOf('vision batch', options.seed, index),
        );
      },
      optimizer: { ...ADAMW, learningRate: options.learningRate },
      warmup: warmupOf(options.steps),
    },
    { out, identity, ...given({ onProgress, signal, checkpointSeconds }) },
  );
  for (const each of objectives.values()) await each.dispose();
  await writeChanged(model, out, tensorsOf(store));
  return result;
}
