// Stages "captioning" and "ecma": what lies between a frozen vision tower and a frozen language model learns to caption. They
// differ in what moves: the Q-Former with its queries and projection, an ECMA adapter beside it, or both.

import path from 'node:path';
import { AppError, messageOf } from '../../errors.js';
import { writeAdapter } from '../../inference/blip2/adapter.js';
import type { QueryModule } from '../../inference/blip2/captionGraphs.js';
import type { Blip2Config } from '../../inference/blip2/config.js';
import { type EcmaConfig, newEcmaConfig } from '../../inference/blip2/ecmaConfig.js';
import { freshAdapter } from '../../inference/blip2/freshAdapter.js';
import { digestModel } from '../../inference/checkpoint/modelDigest.js';
import { ADAMW, type AdamWOptions } from '../adamw.js';
import { createEvaluator } from '../captionEvaluator.js';
import { captionBatch } from '../data/captionBatch.js';
import type { CaptionData } from '../data/captionData.js';
import { captionShape } from '../data/captionShape.js';
import { openVocabulary } from '../data/captionVocabulary.js';
import { cacheFeatures, removeFeatures } from '../data/features.js';
import { SLOTS } from '../data/slots.js';
import { lossAndGradients } from '../lossAndGradients.js';
import {
  type CaptionerToTrain,
  linkModel,
  openCaptionerToTrain,
  openTrainingModel,
  readMatching,
  type TrainingModel,
  writeChanged,
} from '../modelDirectory.js';
import { captioningObjective } from '../objectives/captioning.js';
import { createStore, type ParameterStore, type ParameterTensor, tensorsOf } from '../parameterStore.js';
import { normals } from '../random.js';
import { once } from '../runDirectory.js';
import { shardsFor } from '../shards.js';
import { type TrainResult, trainLoop } from '../trainLoop.js';
import { given, runIdentity, type StageDefaults, type StageOptions, warmupOf } from './stage.js';

export const CAPTIONING_DEFAULTS: StageDefaults = { steps: 3000, batchSize: 64, learningRate: 1e-3 };
export const ECMA_DEFAULTS: StageDefaults = { steps: 400, batchSize: 64, learningRate: 3e-3 };

/** What may be trained beside ECMA: everything between vision tower and language model. */
export const QFORMER_SIDE = /^(qformer\.|query_tokens$|language_projection\.)/;

export interface CaptioningStageOptions extends StageOptions {
  readonly train: CaptionData;
  /** Pictures that are not trained on; scores on them choose the best parameters. */
  readonly held?: CaptionData | undefined;
  /** Where features are kept; several runs may share it. Default: `out`/features, removed in the end. */
  readonly features?: string | undefined;
  readonly ecma?:
    | { readonly regime: 'adapter' | 'joint'; readonly config: Readonly<Record<string, unknown>> }
    | undefined;
  /** Another module in ECMA's places, to compare with: nothing is written but the log. */
  readonly control?: Control | undefined;
  /** Called with the parameters that the run ends with, before anything is written. */
  readonly onTrained?: ((trained: Trained) => Promise<void>) | undefined;
  readonly evaluateEvery?: number | undefined;
  readonly patience?: number | undefined;
  readonly labelSmoothing?: number | undefined;
  /** Weight of the keyword loss of drawn scenes; 0: none. */
  readonly slotWeight?: number | undefined;
  readonly prompt?: string | undefined;
  /** Factor of the Q-Former's learning rate beside ECMA's in the joint regime. */
  readonly baseRate?: number | undefined;
  /** An embedder of the first stage, whose Q-Former and queries are begun with instead of the model's. */
  readonly init?: string | undefined;
  readonly onFeatures?: ((done: number, count: number) => void) | undefined;
  readonly onScored?: ((done: number, count: number) => void) | undefined;
  /** Told of each picture that cannot be used, and why. */
  readonly onRejected?: ((id: string, reason: string) => void) | undefined;
}

/** A module for comparisons: its fresh tensors, named `ecma. ...`, and what it does to the queries. */
export interface Control {
  readonly name: string;
  readonly regime: 'adapter' | 'joint';
  tensors(config: Blip2Config, normal: () => number): Map<string, ParameterTensor>;
  readonly build: Exclude<QueryModule, EcmaConfig>;
}

export interface Trained {
  readonly model: TrainingModel;
  readonly store: ParameterStore;
  readonly module: QueryModule | undefined;
}

export interface CaptioningResult extends TrainResult {
  /** Pictures trained on, and held out. */
  readonly pictures: number;
  readonly heldOut?: number;
  /** Scores on the held-out pictures before and after, where there are any. */
  readonly before?: Readonly<Record<string, number>> | undefined;
  readonly after?: Readonly<Record<string, number>> | undefined;
}

/**
 * Trains and writes `out`: the whole model, or where only ECMA is trained the model's files linked, with ecma/ beside them. A run that is
 * finished is not done again.
 */
export async function trainCaptioning(options: CaptioningStageOptions): Promise<CaptioningResult> {
  const model = await openCaptionerToTrain(options.model);
  const adapter = options.ecma && adapterConfig(model.config, options.ecma);
  const module = options.control?.build ?? adapter;
  const digest = await digestModel(options.model);
  const begun = options.init && (await digestModel(options.init));
  const identity = identityOf(options, digest, adapter, begun);
  return once({ ...options, identity }, () => train(model, { ...options, adapter, module, identity }));
}

async function train(
  model: CaptionerToTrain,
  options: CaptioningStageOptions & {
    adapter: EcmaConfig | undefined;
    module: QueryModule | undefined;
    identity: string;
  },
): Promise<CaptioningResult> {
  const { adapter, module, signal, threads, batchSize: batch, prompt = '' } = options;
  const store = createStore(await movingTensors(model, options, adapter));
  const folder = options.features ?? path.join(options.out, 'features');
  const cache = (data: CaptionData) =>
    cacheFeatures(model, data, folder, {
      ...{ signal, threads, onRejected: options.onRejected },
      onProgress: (done) => options.onFeatures?.(done, data.count),
    });
  const pictures = await cache(options.train);
  const held = options.held && (await cache(options.held));
  const evaluator =
    held &&
    (await createEvaluator(model, store, held, { adapter: module, threads, signal, onProgress: options.onScored }));
  const before = await evaluator?.scores({ prompt });

  const vocabulary = await openVocabulary(options.model, model.config);
  const { share, ...split } = shardsFor(batch, threads ?? 0, { frozen: model.weights.parameterCount });
  const shape = captionShape(pictures.data, vocabulary, { prompt, batch: share, config: model.config });
  const slotWeight = pictures.data.facts === undefined ? 0 : (options.slotWeight ?? 0);
  const objective = await lossAndGradients(
    store,
    (parameters) =>
      captioningObjective(parameters, model.config, {
        batch: share,
        ...shape,
        from: 'features',
        adapter: module,
        ...given({ labelSmoothing: options.labelSmoothing }),
        slots: slotWeight > 0 ? { count: SLOTS, weight: slotWeight } : undefined,
      }),
    { frozen: model.weights, ...split },
  );
  const batchOptions = {
    seed: options.seed,
    batch: share,
    ...shape,
    queries: model.config.numQueryTokens,
    prompt,
    slots: slotWeight > 0,
  };
  const result = await trainLoop(
    {
      store,
      steps: options.steps,
      objective: () => objective,
      shares: split.shares,
      batch: (index) => captionBatch(pictures, vocabulary, batchOptions, index),
      optimizer: optimizerOf(options),
      warmup: warmupOf(options.steps),
      evaluation: evaluator && {
        every: options.evaluateEvery ?? options.steps,
        run: () => evaluator.scores({ prompt }),
        metric: 'CIDEr',
        patience: options.patience,
      },
    },
    {
      ...{ out: options.out, identity: options.identity },
      ...given({ onProgress: options.onProgress, signal, checkpointSeconds: options.checkpointSeconds }),
    },
  );
  await options.onTrained?.({ model, store, module });
  if (options.control === undefined) await write(model, options.out, store, adapter);
  await Promise.all([objective.dispose(), evaluator?.dispose(), pictures.close(), held?.close()]);
  if (options.features === undefined) await removeFeatures(folder);
  return {
    ...result,
    pictures: pictures.data.count,
    ...(held === undefined ? {} : { heldOut: held.data.count, before, after: result.best }),
  };
}

function adapterConfig(
  config: Blip2Config,
  { regime, config: given }: NonNullable<CaptioningStageOptions['ecma']>,
): EcmaConfig {
  try {
    return newEcmaConfig({ ...given, regime }, config.qformer, 'the ECMA settings');
  } catch (cause) {
    // They were typed, not read from a model.
    throw new AppError('CONFIG', messageOf(cause), { cause });
  }
}

/** What moves: the Q-Former's side, a fresh adapter (or control), or both. */
async function movingTensors(
  model: TrainingModel,
  { control, seed, init }: CaptioningStageOptions,
  adapter: EcmaConfig | undefined,
): Promise<Map<string, ParameterTensor>> {
  const regime = control?.regime ?? adapter?.regime;
  const normal = normals('ecma', seed);
  const own = control?.tensors(model.config, normal) ?? (adapter && freshAdapter(model.config, adapter, normal)) ?? [];
  if (regime === 'adapter') return new Map(own);
  const base = await readMatching(model, (name) => QFORMER_SIDE.test(name));
  const begun = init === undefined ? [] : await firstStage(init, base);
  return new Map([...base, ...begun, ...own]);
}

/** The tensors of a captioner's Q-Former as an embedder has them; throws AppError BAD_MODEL where one is missing or of another shape. */
async function firstStage(
  directory: string,
  wanted: ReadonlyMap<string, ParameterTensor>,
): Promise<Map<string, ParameterTensor>> {
  const learned = await readMatching(await openTrainingModel(directory), (name) =>
    /^(qformer\.|query_tokens$)/.test(name),
  );
  const names = [...wanted.keys()].filter((name) => !name.startsWith('language_projection.'));
  return new Map(
    names.map((name) => {
      const found = learned.get(name);
      const { shape } = wanted.get(name)!;
      if (found?.shape.join() !== shape.join()) {
        const got = found === undefined ? 'nothing' : `[${found.shape.join(', ')}]`;
        throw new AppError('BAD_MODEL', `${directory}: expected ${name} of shape [${shape.join(', ')}], got ${got}`);
      }
      return [name, found];
    }),
  );
}

/** alpha moves at ten times the rate: at the plain one its tanh hardly opens while the rest of the module learns. */
const ALPHA_RATE = 10;

function optimizerOf(options: CaptioningStageOptions): AdamWOptions {
  const baseRate = options.ecma === undefined && options.control === undefined ? 1 : (options.baseRate ?? 1);
  return {
    ...ADAMW,
    learningRate: options.learningRate,
    rateOf: ({ name }) => {
      if (!name.startsWith('ecma.')) return baseRate;
      return name.endsWith('.alpha') ? ALPHA_RATE : 1;
    },
  };
}

function identityOf(
  options: CaptioningStageOptions,
  digest: string,
  adapter: EcmaConfig | undefined,
  begun: string | undefined,
): string {
  const { seed, steps, batchSize, learningRate, evaluateEvery, patience, labelSmoothing, slotWeight, prompt } = options;
  return runIdentity('captioning', {
    ...{ seed, steps, batchSize, learningRate, evaluateEvery, patience, labelSmoothing, slotWeight, prompt },
    baseRate: options.baseRate,
    control: options.control?.name,
    digest,
    begun,
    adapter,
    train: options.train.name,
    held: options.held?.name,
  });
}

async function write(
  model: TrainingModel,
  out: string,
  store: ParameterStore,
  adapter: EcmaConfig | undefined,
): Promise<void> {
  const trained = tensorsOf(store);
  if (adapter === undefined) {
    await writeChanged(model, out, trained);
    return;
  }
  await linkModel(model.directory, out);
  const overrides = [...trained.keys()].filter((name) => !name.startsWith('ecma.'));
  await writeAdapter(out, { ...adapter, overrides }, trained);
}
