// hotlens train STAGE: trains a model, or an adapter for one.
import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readConfig } from '../config.js';
import { AppError } from '../errors.js';
import { DOMAINS, type Domain } from '../training/scenes/facts.js';
import type { StageDefaults, StageOptions } from '../training/stages/stage.js';
import type { Progress, TrainResult } from '../training/trainLoop.js';
import { finiteNumber, wholeNumber } from './options.js';
import { printable } from './printable.js';
import { trainingDisplay } from './trainingDisplay.js';

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

interface PictureOptions extends CommonOptions {
  readonly data?: 'scenes' | 'coco';
  readonly annotations?: string;
  readonly images?: string;
  readonly scenes: number;
  readonly domain: Domain;
  readonly heldOut: number;
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
  return command
    .addOption(
      new Option('--data <kind>', 'pictures with captions (default: coco with --annotations, or else scenes)').choices([
        'scenes',
        'coco',
      ]),
    )
    .option('--annotations <file>', "COCO's caption format, or Karpathy's dataset_coco.json")
    .option('--images <dir>', 'where their pictures lie')
    .option('--scenes <n>', 'drawn scenes to train on', wholeNumber(1), 20_000)
    .addOption(new Option('--domain <domain>', 'what they show').choices(DOMAINS).default('all'))
    .option('--held-out <n>', 'pictures kept from training, to score on', wholeNumber(0), 200)
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
  const { regime, bidirectional, multiScale, gating, scales, innerSize, layers } = options;
  const config = { bidirectional, multiScale, gating, scales, innerSize, layers };
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
  const { train, held } = await datasets(options, model);
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
  const { train, held } = await datasets(options, model);
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

/** What is trained on, and what is kept to score on. */
async function datasets(options: PictureOptions & { slotWeight?: number }, model: string) {
  const { annotations, images: folder } = options;
  const named = annotations !== undefined || folder !== undefined;
  if ((options.data ?? (named ? 'coco' : 'scenes')) === 'scenes') {
    if (named) throw new AppError('CONFIG', '--annotations and --images are for --data coco');
    return scenes(options, model);
  }
  if (annotations === undefined || folder === undefined) {
    throw new AppError('CONFIG', '--data coco needs --annotations and --images');
  }
  if (options.slotWeight !== undefined && options.slotWeight > 0) {
    throw new AppError('CONFIG', '--slot-weight is for --data scenes: other pictures come without keywords');
  }
  const [{ fileData }, { readCocoCaptions }, { splitHeldOut }] = await Promise.all([
    import('../training/data/captionData.js'),
    import('../training/data/coco.js'),
    import('../training/data/splitHeldOut.js'),
  ]);
  const { images, rejected } = await readCocoCaptions(annotations, folder, {});
  for (const { where, reason } of rejected) complain(`${annotations}, ${where}`, reason);
  const { train, held } = splitHeldOut(images, options.heldOut);
  if (options.heldOut > 0 && held.length === 0) complain(annotations, 'too few pictures to keep some for scores');
  return {
    train: await fileData(train, model, `${annotations}, training`),
    held: held.length === 0 ? undefined : await fileData(held, model, `${annotations}, held out`),
  };
}

async function scenes({ seed, domain, scenes: count, heldOut }: PictureOptions, model: string) {
  const [{ sceneData }, { openSprites }, { openTrainingModel }] = await Promise.all([
    import('../training/data/captionData.js'),
    import('../training/scenes/sprites.js'),
    import('../training/modelDirectory.js'),
  ]);
  const size = (await openTrainingModel(model)).config.vision.image_size;
  const sprites = await openSprites();
  return {
    train: sceneData(sprites, { seed, split: 'train', domain, count, size }),
    held:
      heldOut === 0 ? undefined : sceneData(sprites, { seed: seed + 1, split: 'iid', domain, count: heldOut, size }),
  };
}

/** What was left out, on a line of its own; the rest goes on. */
function complain(where: string, reason: string): void {
  process.stderr.write(`hotlens: ${printable(`${where}: ${reason}`)}\n`);
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

interface Hooks {
  readonly onProgress: (progress: Progress) => void;
  readonly onFeatures: (done: number, count: number) => void;
  readonly onScored: (done: number, count: number) => void;
  readonly signal: AbortSignal;
  /** Ends the bar, so that a line can be printed. */
  readonly settle: () => void;
}

/** Says on stdout what became of a run. */
function say(out: string, { steps, seconds, loss, bestStep, already }: TrainResult): void {
  const kept = bestStep === undefined || bestStep === steps ? '' : `, the parameters of step ${bestStep} kept`;
  const done = `${steps} steps in ${seconds.toFixed(0)} s, loss ${loss.toFixed(4)}${kept}`;
  process.stdout.write(already === true ? `${out}: is done already: ${done}\n` : `${out}: ${done}\n`);
}

/**
 * Runs a stage under a progress bar, or with a line now and then where there is no terminal. Ctrl-C stops it after a checkpoint; a
 * second one at once, which costs what came after the last checkpoint.
 */
async function report<T>(run: (hooks: Hooks) => Promise<T>): Promise<T> {
  const shown = trainingDisplay();
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(1);
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const { step, features, scored, stop: settle } = shown;
    return await run({ onProgress: step, onFeatures: features, onScored: scored, signal: stop.signal, settle });
  } finally {
    shown.stop();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
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
