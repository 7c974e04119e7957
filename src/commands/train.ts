// hotlens train STAGE: trains a model, or an adapter for one.
import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readConfig } from '../config.js';
import type { StageDefaults, StageOptions } from '../training/stages/stage.js';
import { finiteNumber, wholeNumber } from './options.js';
import { addTrainingDataFlags, complain, openTrainingData, type TrainingDataFlags } from './trainingData.js';
import { report, say } from './trainingRun.js';

type StageName = 'vision' | 'language' | 'stage1' | 'captioning' | 'ecma';
/** Stages that may begin with nothing. */
const FRESH: readonly StageName[] = ['vision', 'language'];

interface CommonOptions {
  readonly model?: string;
  /** Default: runs/STAGE. */
  readonly out?: string;
  readonly seed: number;
  readonly steps?: number;
  readonly batchSize?: number;
  readonly lr?: number;
  readonly threads: number;
  readonly checkpointSeconds: number;
}

interface PictureOptions extends CommonOptions, TrainingDataFlags {
  readonly features?: string;
  readonly evaluateEvery?: number;
  readonly patience?: number;
}

interface Stage1Options extends PictureOptions {
  readonly half?: boolean;
}

interface CaptionOptions extends PictureOptions {
  readonly init?: string;
  readonly prompt?: string;
  readonly labelSmoothing?: number;
  readonly slotWeight?: number;
}

interface EcmaOptions extends CaptionOptions {
  readonly regime: 'adapter' | 'joint';
  readonly baseLr: number;
  readonly scales?: readonly number[];
  readonly innerSize?: number;
  readonly fusionSize?: number;
  readonly layers?: readonly number[];
  readonly bidirectional: boolean;
  readonly multiScale: boolean;
  readonly gating: boolean;
}

export function addTrain(program: Command): void {
  const train = program.command('train').description('trains a model, stage by stage, or an ECMA adapter for one');
  common(train, 'vision', 'the vision tower, from labelled patches of drawn scenes').action(
    async (options: CommonOptions) => {
      const { trainVision, VISION_DEFAULTS } = await import('../training/stages/vision.js');
      const settings = await freshOptions('vision', options, VISION_DEFAULTS);
      say(settings.out, await report((hooks) => trainVision({ ...settings, ...hooks })));
    },
  );
  common(train, 'language', 'the language model, from captions of drawn scenes').action(
    async (options: CommonOptions) => {
      const { trainLanguage, LANGUAGE_DEFAULTS } = await import('../training/stages/language.js');
      const settings = await freshOptions('language', options, LANGUAGE_DEFAULTS);
      say(settings.out, await report((hooks) => trainLanguage({ ...settings, ...hooks })));
    },
  );
  pictureData(
    common(
      train,
      'stage1',
      'an embedder, whose Q-Former and text branch learn beside the frozen vision tower of a captioner',
    ),
  )
    .option('--half', 'write float16')
    .action(stage1);
  captionData(common(train, 'captioning', 'the Q-Former, between frozen vision tower and language model'))
    .option('--init <dir>', 'an embedder of stage1, to begin with its Q-Former')
    .action((options: CaptionOptions) => captioning('captioning', options));
  captionData(common(train, 'ecma', 'an ECMA adapter for a BLIP-2 captioner'))
    .addOption(
      new Option('--regime <regime>', 'what moves: ECMA alone, or the Q-Former with it')
        .choices(['adapter', 'joint'])
        .default('adapter'),
    )
    .option('--base-lr <x>', "the Q-Former's share of the learning rate (joint)", positive, 0.1)
    .option('--scales <list>', 'sides of the pooled grids, as 1,2,4', numbers)
    .option('--inner-size <n>', 'width of the module', wholeNumber(1))
    .option(
      '--fusion-size <n>',
      "hidden width in which queries and what they attended to meet; 0: none (default: the Q-Former's)",
      wholeNumber(0),
    )
    .option('--layers <list>', 'Q-Former layers that carry it', numbers)
    .option('--no-bidirectional', 'without visual <- query attention')
    .option('--no-multi-scale', 'without the pyramid')
    .option('--no-gating', 'without the gate')
    .action((options: EcmaOptions) => captioning('ecma', options, ecmaSettings(options)));
  train
    .command('demo')
    .description('the shipped model: all stages, one after the other')
    .option('--out <dir>', 'gets a folder for each stage, and the model in captioner/', 'runs/demo')
    .option('--seed <n>', 'another seed, another model', wholeNumber(0), 0)
    .option('--threads <n>', 'of onnxruntime; 0: one per core', wholeNumber(0), 0)
    .addOption(checkpointSeconds())
    .option('--scale <x>', "share of every stage's steps", positive, 1)
    .action(demo);
}

function common(train: Command, name: StageName, description: string): Command {
  const start = FRESH.includes(name) ? 'a fresh small one' : 'HOTLENS_MODEL';
  return train
    .command(name)
    .description(description)
    .option('--model <dir>', `a Hugging Face BLIP-2 directory to go on from (default: ${start})`)
    .option('--out <dir>', `gets the model; while it runs, checkpoints; run again to go on (default: runs/${name})`)
    .option('--seed <n>', 'of everything that is drawn by lot', wholeNumber(0), 0)
    .option('--steps <n>', 'updates', wholeNumber(1))
    .option('--batch-size <n>', 'examples an update', wholeNumber(1))
    .option('--lr <x>', 'the highest learning rate', positive)
    .option('--threads <n>', 'of onnxruntime; 0: one per core', wholeNumber(0), 0)
    .addOption(checkpointSeconds());
}

function checkpointSeconds(): Option {
  const description = 'between checkpoints: what a kill may cost, at most';
  return new Option('--checkpoint-seconds <n>', description).argParser(atLeastZero).default(30);
}

function pictureData(command: Command): Command {
  return addTrainingDataFlags(command)
    .option('--features <dir>', 'keeps what the vision tower sees, for other runs (default: removed in the end)')
    .option('--evaluate-every <n>', 'steps between scores; the best parameters are kept', wholeNumber(1))
    .option('--patience <n>', 'ends after so many scores that are no better', wholeNumber(1));
}

function captionData(command: Command): Command {
  return pictureData(command)
    .option('--prompt <text>', 'how captions begin')
    .option('--label-smoothing <x>', 'share of the target spread over all tokens', share)
    .option('--slot-weight <x>', 'weight of the keyword loss of drawn scenes', atLeastZero);
}

function numbers(text: string): number[] {
  return text.split(',').map((item) => wholeNumber(0)(item.trim()));
}

function positive(text: string): number {
  const value = finiteNumber(text);
  if (value <= 0) throw new InvalidArgumentError('expected a number above 0');
  return value;
}

function atLeastZero(text: string): number {
  const value = finiteNumber(text);
  if (value < 0) throw new InvalidArgumentError('expected a number of at least 0');
  return value;
}

function share(text: string): number {
  const value = finiteNumber(text);
  if (value < 0 || value >= 1) throw new InvalidArgumentError('expected a number from 0 to below 1');
  return value;
}

function ecmaSettings(options: EcmaOptions) {
  const { regime, bidirectional, multiScale, gating, scales, innerSize, fusionSize, layers } = options;
  const config = { bidirectional, multiScale, gating, scales, innerSize, fusionSize, layers };
  return {
    regime,
    baseRate: options.baseLr,
    config: Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)),
  };
}

async function stage1(options: Stage1Options): Promise<void> {
  const { STAGE1_DEFAULTS, trainStage1 } = await import('../training/stages/stage1.js');
  const model = options.model ?? readConfig().inference.modelDir;
  const settings = stageOptions('stage1', { ...options, model }, STAGE1_DEFAULTS);
  const { train, held } = await openTrainingData(options, model);
  const { evaluateEvery, patience, features } = options;
  const result = await report((hooks) =>
    trainStage1({
      ...{ ...settings, ...hooks, train, held, evaluateEvery, patience, features },
      dtype: options.half === true ? 'F16' : 'F32',
      onRejected: (id, reason) => {
        hooks.settle();
        complain(`picture ${id}`, reason);
      },
    }),
  );
  say(settings.out, result);
  if (result.after === undefined || held === undefined) return;
  process.stdout.write(`\non ${held.count} pictures that were not trained on, in percent:\n`);
  for (const [name, score] of Object.entries(result.after)) {
    process.stdout.write(`${name.padEnd(20)}${score.toFixed(1).padStart(8)}\n`);
  }
}

async function captioning(
  name: 'captioning' | 'ecma',
  options: CaptionOptions,
  ecma?: ReturnType<typeof ecmaSettings>,
): Promise<void> {
  const stage = await import('../training/stages/captioning.js');
  const defaults = ecma === undefined ? stage.CAPTIONING_DEFAULTS : stage.ECMA_DEFAULTS;
  const model = options.model ?? readConfig().inference.modelDir;
  const settings = stageOptions(name, { ...options, model }, defaults);
  const { train, held } = await openTrainingData(options, model);
  const { init, prompt, evaluateEvery, patience, labelSmoothing, slotWeight, features } = options;
  const result = await report((hooks) =>
    stage.trainCaptioning({
      ...{ ...settings, ...hooks, train, held },
      ...{ init, prompt, evaluateEvery, patience, labelSmoothing, slotWeight, features },
      onRejected: (id, reason) => {
        hooks.settle();
        complain(`picture ${id}`, reason);
      },
      ...(ecma === undefined ? {} : { ecma, baseRate: ecma.baseRate }),
    }),
  );
  say(settings.out, result);
  const { before, after, heldOut } = result;
  if (before === undefined || after === undefined) return;
  process.stdout.write(`\non ${heldOut} pictures that were not trained on:\n`);
  process.stdout.write(`${''.padEnd(12)}${'before'.padStart(8)}${'after'.padStart(8)}\n`);
  for (const [score, value] of Object.entries(after)) {
    const figures = [before[score]!, value].map((each) => each.toFixed(1).padStart(8));
    process.stdout.write(`${score.padEnd(12)}${figures.join('')}\n`);
  }
}

function stageOptions(
  name: StageName,
  options: CommonOptions & { readonly model: string },
  defaults: StageDefaults,
): StageOptions {
  const { model, out = path.join('runs', name), seed, threads, checkpointSeconds } = options;
  return {
    ...{ model, out, seed, threads, checkpointSeconds },
    steps: options.steps ?? defaults.steps,
    batchSize: options.batchSize ?? defaults.batchSize,
    learningRate: options.lr ?? defaults.learningRate,
  };
}

/** Options of a stage that may begin with nothing: with a small model of random weights in the run's own folder. */
async function freshOptions(name: StageName, options: CommonOptions, defaults: StageDefaults): Promise<StageOptions> {
  if (options.model !== undefined) return stageOptions(name, { ...options, model: options.model }, defaults);
  const [{ freshModel }, { DEMO_PRESET }, { makeDirectory }] = await Promise.all([
    import('../training/stages/fresh.js'),
    import('../training/preset.js'),
    import('../training/runDirectory.js'),
  ]);
  const { out } = stageOptions(name, { ...options, model: '' }, defaults);
  await makeDirectory(out);
  const model = path.join(out, 'fresh');
  await freshModel(model, DEMO_PRESET, options.seed);
  return stageOptions(name, { ...options, model }, defaults);
}

async function demo(options: {
  out: string;
  seed: number;
  threads: number;
  checkpointSeconds: number;
  scale: number;
}): Promise<void> {
  const { trainDemo } = await import('../training/stages/demo.js');
  let folder = '';
  const { captioner, embedder } = await report((hooks) =>
    trainDemo({
      ...options,
      ...hooks,
      onStage: (name) => {
        folder = path.join(options.out, name);
      },
      onResult: (result) => {
        hooks.settle();
        say(folder, result);
      },
    }),
  );
  process.stdout.write(`${captioner}: the captioner\n${embedder}: the embedder\n`);
}
