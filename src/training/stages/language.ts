// Stage "language": the language model, from captions of drawn scenes. It learns to say what it is told in keywords.
import { digestModel } from '../../inference/checkpoint/modelDigest.js';
import { ADAMW } from '../adamw.js';
import { openVocabulary } from '../data/captionVocabulary.js';
import { documentBatch } from '../data/documents.js';
import { sceneNames } from '../data/visionBatch.js';
import { lossAndGradients } from '../lossAndGradients.js';
import { type CaptionerToTrain, openCaptionerToTrain, readMatching, writeChanged } from '../modelDirectory.js';
import { languageObjective } from '../objectives/language.js';
import { createStore, tensorsOf } from '../parameterStore.js';
import { once } from '../runDirectory.js';
import { randomOf } from '../scenes/random.js';
import { sceneOf } from '../scenes/scene.js';
import { openSprites } from '../scenes/sprites.js';
import { shardsFor } from '../shards.js';
import { type TrainResult, trainLoop } from '../trainLoop.js';
import { given, runIdentity, type StageDefaults, type StageOptions, warmupOf } from './stage.js';

export const LANGUAGE_DEFAULTS: StageDefaults = { steps: 1500, batchSize: 64, learningRate: 2e-3 };

/** Tokens of the longest caption of drawn scenes with its begin and end; longer ones are cut. */
export const CAPTION_TOKENS = 38;
/** Tokens that count in a document, on average at most: captions have 16 (99 %: 28). */
export const COUNTED_TOKENS = 20;

/** Trains the language model of a captioner with captions of drawn scenes. A run that is finished is not done again. */
export async function trainLanguage(options: StageOptions): Promise<TrainResult> {
  const model = await openCaptionerToTrain(options.model);
  const { seed, steps, batchSize, learningRate } = options;
  const digest = await digestModel(options.model);
  const identity = runIdentity('language', { seed, steps, batchSize, learningRate, digest });
  return once({ ...options, identity }, () => train(model, { ...options, identity }));
}

async function train(model: CaptionerToTrain, options: StageOptions & { identity: string }): Promise<TrainResult> {
  const { text, numQueryTokens: slots } = model.config;
  const { batchSize, seed, out, identity, onProgress, signal, checkpointSeconds } = options;
  const vocabulary = await openVocabulary(options.model, model.config);
  const sprites = await openSprites();
  const length = Math.min(slots + CAPTION_TOKENS, text.max_position_embeddings);
  const { shards, threads, shares, share } = shardsFor(batchSize, options.threads ?? 0);
  const rows = COUNTED_TOKENS * share;
  const store = createStore(await readMatching(model, (name) => name.startsWith('language_model.')));
  const objective = await lossAndGradients(
    store,
    (parameters) => languageObjective(parameters, text, { batch: share, length, rows }),
    { threads, shards, shares },
  );
  const result = await trainLoop(
    {
      store,
      steps: options.steps,
      objective: () => objective,
      shares,
      batch: (index) =>
        documentBatch(
          sceneNames(seed, (index - 1) * share, share).map((name) => sceneOf(sprites, name)),
          vocabulary,
          { length, slots, rows },
          randomOf('documents', seed, index),
        ),
      optimizer: { ...ADAMW, learningRate: options.learningRate },
      warmup: warmupOf(options.steps, 100),
    },
    { out, identity, ...given({ onProgress, signal, checkpointSeconds }) },
  );
  await objective.dispose();
  await writeChanged(model, out, tensorsOf(store));
  return result;
}
