// The recipe of the shipped model: every stage in order, each in a folder of its own, so that a run that was stopped goes on
// where it was, and each stage's model can be looked at.
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { sceneData } from '../data/captionData.js';
import { removeFeatures } from '../data/features.js';
import { openTrainingModel, writeChanged } from '../modelDirectory.js';
import { DEMO_PRESET } from '../preset.js';
import { openSprites } from '../scenes/sprites.js';
import type { Progress, TrainResult } from '../trainLoop.js';
import { CAPTIONING_DEFAULTS, ECMA_DEFAULTS, trainCaptioning } from './captioning.js';
import { freshModel } from './fresh.js';
import { LANGUAGE_DEFAULTS, trainLanguage } from './language.js';
import { given, type StageDefaults } from './stage.js';
import { STAGE1_DEFAULTS, trainStage1 } from './stage1.js';
import { trainVision, VISION_DEFAULTS } from './vision.js';

export interface DemoOptions {
  readonly out: string;
  readonly seed: number;
  readonly threads?: number | undefined;
  /** Every stage's steps times this: for a quick look at the whole. */
  readonly scale: number;
  readonly onStage?: ((name: string) => void) | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly onResult?: ((result: TrainResult) => void) | undefined;
  readonly onFeatures?: ((done: number, count: number) => void) | undefined;
  readonly onScored?: ((done: number, count: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly checkpointSeconds?: number;
}

/** Scenes whose features are cached for the captioning stage. */
export const DEMO_SCENES = 48_000;
const HELD_SCENES = 400;

/** Trains the shipped captioner with its adapter into `out`/captioner, and its embedder into `out`/5-embedder. */
export async function trainDemo(options: DemoOptions): Promise<{ captioner: string; embedder: string }> {
  const folder = (name: string) => path.join(options.out, name);
  const scaled = ({ steps, ...rest }: StageDefaults) => ({
    ...rest,
    steps: Math.max(2, Math.round(steps * options.scale)),
  });
  const { onProgress, signal, threads, checkpointSeconds } = options;
  const common = given({ onProgress, signal, threads, checkpointSeconds });
  // A stage that is finished says so at once.
  const stage = async (name: string, run: (out: string) => Promise<TrainResult>) => {
    options.onStage?.(name);
    options.onResult?.(await run(folder(name)));
  };
  const { seed } = options;

  await freshModel(folder('0-fresh'), DEMO_PRESET, seed);
  await stage('1-vision', (out) =>
    trainVision({ model: folder('0-fresh'), out, seed, ...scaled(VISION_DEFAULTS), ...common }),
  );
  await stage('2-language', (out) =>
    trainLanguage({ model: folder('1-vision'), out, seed, ...scaled(LANGUAGE_DEFAULTS), ...common }),
  );
  const sprites = await openSprites();
  const count = Math.max(256, Math.round(DEMO_SCENES * Math.min(1, options.scale)));
  const held = Math.max(50, Math.round(HELD_SCENES * Math.min(1, options.scale)));
  const scenes = { domain: 'all', size: DEMO_PRESET.imageSize } as const;
  const pictures = {
    train: sceneData(sprites, { ...scenes, seed, split: 'train', count }),
    held: sceneData(sprites, { ...scenes, seed: seed + 1, split: 'iid', count: held }),
    // The vision tower is the same from here on: what it sees is computed once.
    features: folder('features'),
    onFeatures: options.onFeatures,
  };
  await stage('3-captioning', (out) =>
    trainCaptioning({
      ...{ model: folder('2-language'), out, seed, ...scaled(CAPTIONING_DEFAULTS), ...common, ...pictures },
      slotWeight: 0.5,
      evaluateEvery: Math.max(1, Math.round(1000 * options.scale)),
      onScored: options.onScored,
    }),
  );
  await stage('4-ecma', (out) =>
    trainCaptioning({
      ...{ model: folder('3-captioning'), out, seed, ...scaled(ECMA_DEFAULTS), ...common, ...pictures },
      // Under a fifth of the Q-Former's parameters.
      ecma: { regime: 'adapter', config: { innerSize: 32, fusionSize: 96, layers: [0, 1, 2, 3] } },
      evaluateEvery: Math.max(1, Math.round(200 * options.scale)),
      onScored: options.onScored,
    }),
  );
  await stage('5-embedder', (out) =>
    trainStage1({
      ...{ model: folder('2-language'), out, seed, ...scaled(STAGE1_DEFAULTS), ...common, ...pictures },
      evaluateEvery: Math.max(1, Math.round(500 * options.scale)),
      dtype: 'F16',
    }),
  );
  const captioner = folder('captioner');
  const trained = await openTrainingModel(folder('3-captioning'));
  await writeChanged(trained, captioner, new Map(), 'F16');
  await cp(path.join(folder('4-ecma'), 'ecma'), path.join(captioner, 'ecma'), { recursive: true });
  await removeFeatures(pictures.features);
  return { captioner, embedder: folder('5-embedder') };
}
