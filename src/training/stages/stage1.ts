// Stage "stage1": a Q-Former with its text branch learns beside a captioner's frozen vision tower what pictures and texts have
// to do with each other. What comes out is an embedder: a Blip2ForImageTextRetrieval directory.

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AppError } from '../../errors.js';
import { type Blip2Config, parseBlip2Config } from '../../inference/blip2/config.js';
import { digestModel } from '../../inference/checkpoint/modelDigest.js';
import { readPreprocessor } from '../../inference/checkpoint/readPreprocessor.js';
import { loadTokenizer, type Tokenizer } from '../../inference/tokenizer.js';
import { ADAMW } from '../adamw.js';
import type { CaptionData } from '../data/captionData.js';
import { cacheFeatures, removeFeatures } from '../data/features.js';
import { retrievalBatch } from '../data/retrievalBatch.js';
import { retrievalWords } from '../data/retrievalWords.js';
import { drawTensors, modelParameters, parametersOf } from '../freshModel.js';
import { lossAndGradients } from '../lossAndGradients.js';
import { openTrainingModel, readMatching, type TrainingModel } from '../modelDirectory.js';
import { writeModel, writeSideFiles } from '../modelFiles.js';
import { SCALE_AT_START, SCALES, type Stage1Options, stage1Objective } from '../objectives/stage1.js';
import { createStore, type ParameterTensor, tensorsOf } from '../parameterStore.js';
import { RETRIEVAL_PRESET, type RetrievalPreset, retrievalConfig } from '../preset.js';
import { normals } from '../random.js';
import { createRetrievalEvaluator } from '../retrievalEvaluator.js';
import { once } from '../runDirectory.js';
import { type TrainResult, trainLoop } from '../trainLoop.js';
import { SAY } from '../wordTokenizer.js';
import { given, runIdentity, type StageDefaults, type StageOptions, warmupOf } from './stage.js';

export const STAGE1_DEFAULTS: StageDefaults = { steps: 1000, batchSize: 64, learningRate: 1e-3 };

export interface Stage1StageOptions extends StageOptions {
  readonly train: CaptionData;
  /** Pictures that are not trained on; how well they and their captions find each other chooses the best parameters. */
  readonly held?: CaptionData | undefined;
  /** Where features are kept; several runs and stages may share it. Default: `out`/features. */
  readonly features?: string | undefined;
  /** Shape of the embedder beside the vision tower. */
  readonly preset?: Partial<RetrievalPreset> | undefined;
  readonly evaluateEvery?: number | undefined;
  readonly patience?: number | undefined;
  /** How the weights are written. Default F32. */
  readonly dtype?: 'F32' | 'F16' | undefined;
  readonly onFeatures?: ((done: number, count: number) => void) | undefined;
  /** Told of each picture that cannot be used, and why. */
  readonly onRejected?: ((id: string, reason: string) => void) | undefined;
}

export interface Stage1Result extends TrainResult {
  /** Scores on the held-out pictures after training, where there are any. */
  readonly after?: Readonly<Record<string, number>> | undefined;
  /** Numbers in the written model, vision tower and all. */
  readonly parameters: number;
}

/**
 * Makes an embedder from the captioner in `model`, trains it and writes it to `out`. Throws AppError BAD_MODEL where `model` is no
 * captioner, BAD_USER_INPUT where there are fewer than two pictures, and as trainLoop does.
 */
export async function trainStage1(options: Stage1StageOptions): Promise<Stage1Result> {
  const { train: data, batchSize: batch } = options;
  if (data.count < 2 || batch < 2) {
    throw new AppError(
      'BAD_USER_INPUT',
      `stage1: at least 2 pictures a batch are needed, got ${Math.min(data.count, batch)}`,
    );
  }
  const captioner = await openTrainingModel(options.model);
  if (captioner.config.architecture !== 'Blip2ForConditionalGeneration') {
    throw new AppError('BAD_MODEL', `${options.model}: expected a captioner, got ${captioner.config.architecture}`);
  }
  const preset = { ...RETRIEVAL_PRESET, ...given(options.preset ?? {}) };
  const { seed, steps, learningRate, evaluateEvery, patience } = options;
  const identity = runIdentity('stage1', {
    ...{ seed, steps, batch, learningRate, evaluateEvery, patience, preset },
    ...{ digest: await digestModel(options.model), train: data.name, held: options.held?.name },
  });
  return once({ ...options, identity }, () => train(captioner, { ...options, preset, identity }));
}

async function train(
  captioner: TrainingModel,
  options: Stage1StageOptions & { preset: RetrievalPreset; identity: string },
): Promise<Stage1Result> {
  const { preset, identity, signal, threads, batchSize: batch } = options;
  const preprocessor = (await readPreprocessor(options.model)) as Record<string, unknown>;
  const files = {
    ...retrievalConfig({ config: captioner.configJson, preprocessor }, retrievalWords(options.train), preset),
    dtype: options.dtype ?? 'F32',
  };
  const config = parseBlip2Config(files.config, 'config.json');
  const tokenizer = await tokenizerOf(files);
  const encode = encoder(tokenizer, config.qformer.max_position_embeddings);

  const folder = options.features ?? path.join(options.out, 'features');
  const cache = (each: CaptionData) =>
    cacheFeatures(captioner, each, folder, {
      ...{ signal, threads, onRejected: options.onRejected },
      onProgress: (done) => options.onFeatures?.(done, each.count),
    });
  const pictures = await cache(options.train);
  const { data } = pictures;
  const held = options.held && (await cache(options.held));

  const shape: Stage1Options = {
    batch,
    ...textShape(data, batch, (text) => encode(text).length),
    from: 'features',
    sayId: tokenizer.idOf(SAY)!,
  };
  const store = createStore(freshTensors(config, shape, options.seed));
  const evaluator = held && (await createRetrievalEvaluator(config, store, held, { encode, threads: options.threads }));
  const objective = await lossAndGradients(
    store,
    (parameters) => stage1Objective(parameters, config, shape),
    given({ threads }),
  );
  const cut = encoder(tokenizer, shape.length);
  const { seed, steps, learningRate, evaluateEvery, patience } = options;
  const result = await trainLoop(
    {
      store,
      steps,
      objective: () => objective,
      batch: (step) =>
        retrievalBatch(
          pictures,
          { seed, ...shape, queries: config.numQueryTokens, padId: tokenizer.idOf('[PAD]')!, encode: cut },
          step,
        ),
      optimizer: { ...ADAMW, learningRate },
      warmup: warmupOf(steps),
      evaluation: evaluator && {
        every: evaluateEvery ?? steps,
        run: () => evaluator.scores(),
        metric: 'R@1',
        patience,
      },
    },
    {
      out: options.out,
      identity,
      ...given({ onProgress: options.onProgress, signal, checkpointSeconds: options.checkpointSeconds }),
    },
  );
  const after = await evaluator?.scores();
  const tower = await readMatching(captioner, (name) => name.startsWith('vision_model.'));
  const trained = [...tensorsOf(store)].filter(([name]) => !name.startsWith('heads.'));
  const tensors = new Map([...tower, ...trained]);
  await writeModel(options.out, { ...files, tensors });
  await Promise.all([objective.dispose(), evaluator?.dispose(), pictures.close(), held?.close()]);
  if (options.features === undefined) await removeFeatures(folder);
  return { ...result, after, parameters: [...tensors.values()].reduce((sum, { data: { length } }) => sum + length, 0) };
}

/** The tokenizer of a model that is not written yet: `out` stays as it is until there are weights to go with it. */
async function tokenizerOf(files: Parameters<typeof writeSideFiles>[1]): Promise<Tokenizer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'hotlens-tokenizer-'));
  try {
    await writeSideFiles(folder, files);
    return await loadTokenizer(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Everything but the vision tower, and what only training needs. */
function freshTensors(config: Blip2Config, shape: Stage1Options, seed: number): Map<string, ParameterTensor> {
  const heads = parametersOf(config, (recorder) => {
    stage1Objective(recorder, config, shape);
  });
  const moving = [...modelParameters(config), ...heads].filter(([name]) => !name.startsWith('vision_model.'));
  const tensors = drawTensors(new Map(moving), normals('stage1', seed), config);
  for (const name of SCALES) tensors.set(name, { shape: [1], data: Float32Array.of(SCALE_AT_START) });
  return tensors;
}

/** Tokens of a text and targets of a batch: room for all but the longest of these captions. */
function textShape(
  data: CaptionData,
  batch: number,
  lengthOf: (text: string) => number,
): { length: number; rows: number } {
  const sample = Math.min(data.count, 1000);
  const lengths = Array.from({ length: sample }, (_, i) => data.references(i).map(lengthOf)).flat();
  lengths.sort((a, b) => a - b);
  const longest = lengths[Math.floor(0.998 * (lengths.length - 1))]!;
  const mean = lengths.reduce((a, b) => a + b, 0) / lengths.length;
  return { length: longest, rows: Math.ceil(batch * Math.min(longest, 1.25 * mean)) };
}

/** Ids of texts with the tokens around them, cut to `maxTokens`; the same text again costs nothing. */
function encoder(tokenizer: Tokenizer, maxTokens: number): (text: string) => readonly number[] {
  const known = new Map<string, readonly number[]>();
  return (text) => {
    let found = known.get(text);
    if (found === undefined) {
      found = tokenizer.encode(text, { maxTokens });
      if (known.size > 200_000) known.clear();
      known.set(text, found);
    }
    return found;
  };
}
