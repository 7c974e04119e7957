// hotlens train STAGE: trains a model, or an adapter for one.
import { SingleBar } from 'cli-progress';
import { type Command, Option } from 'commander';
import { AppError } from '../errors.js';
import { DOMAINS, type Domain } from '../training/scenes/facts.js';
import type { StageDefaults, StageOptions } from '../training/stages/stage.js';
import type { Progress } from '../training/trainLoop.js';
import { finiteNumber, wholeNumber } from './options.js';

interface CommonOptions {
  readonly model?: string;
  readonly out: string;
  readonly seed: number;
  readonly steps?: number;
  readonly batchSize?: number;
  readonly lr?: number;
  readonly threads: number;
}

interface PictureOptions extends CommonOptions {
  readonly data: 'scenes' | 'coco';
  readonly annotations?: string;
  readonly images?: string;
  readonly scenes: number;
  readonly domain: Domain;
  readonly heldOut: number;
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
  readonly slotWeight: number;
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
  common(train.command('vision').description('the vision tower, from labelled patches of drawn scenes')).action(
    async (options: CommonOptions) => {
      const { trainVision, VISION_DEFAULTS } = await import('../training/stages/vision.js');
      await report(options, async (hooks) =>
        trainVision({ ...(await stageOptions(options, VISION_DEFAULTS)), ...hooks }),
      );
    },
  );
  common(train.command('language').description('the language model, from captions of drawn scenes')).action(
    async (options: CommonOptions) => {
      const { trainLanguage, LANGUAGE_DEFAULTS } = await import('../training/stages/language.js');
      await report(options, async (hooks) =>
        trainLanguage({ ...(await stageOptions(options, LANGUAGE_DEFAULTS)), ...hooks }),
      );
    },
  );
  pictureData(
    common(
      train
        .command('stage1')
        .description('an embedder, whose Q-Former and text branch learn beside the frozen vision tower of a captioner'),
    ),
  )
    .option('--half', 'write float16')
    .action(stage1);
  captionData(
    common(train.command('captioning').description('the Q-Former, between frozen vision tower and language model')),
  )
    .option('--init <dir>', 'an embedder of stage1, to begin with its Q-Former')
    .action((options: CaptionOptions) => captioning(options));
  captionData(common(train.command('ecma').description('an ECMA adapter for a BLIP-2 captioner')))
    .addOption(
      new Option('--regime <regime>', 'what moves: ECMA alone, or the Q-Former with it')
        .choices(['adapter', 'joint'])
        .default('adapter'),
    )
    .option('--base-lr <x>', "the Q-Former's share of the learning rate (joint)", finiteNumber, 0.1)
    .option('--scales <list>', 'sides of the pooled grids', numbers)
    .option('--inner-size <n>', 'width of the module', wholeNumber(1))
    .option('--layers <list>', 'Q-Former layers that carry it', numbers)
    .option('--no-bidirectional', 'without visual <- query attention')
    .option('--no-multi-scale', 'without the pyramid')
    .option('--no-gating', 'without the gate')
    .action((options: EcmaOptions) => captioning(options, ecmaSettings(options)));
  train
    .command('demo')
    .description('the shipped model: all stages, one after the other')
    .requiredOption('--out <dir>', 'gets a folder for each stage, and the model in captioner/')
    .option('--seed <n>', 'another seed, another model', wholeNumber(0), 0)
    .option('--threads <n>', 'of onnxruntime; 0: one per core', wholeNumber(0), 0)
    .option('--scale <x>', "share of every stage's steps", finiteNumber, 1)
    .action(demo);
}

function common(command: Command): Command {
  return command
    .option('--model <dir>', 'a Hugging Face BLIP-2 directory to go on from (default: a fresh small one)')
    .requiredOption('--out <dir>', 'gets the model; while it runs, checkpoints and log.jsonl; run again to go on')
    .option('--seed <n>', 'of everything that is drawn by lot', wholeNumber(0), 0)
    .option('--steps <n>', 'updates', wholeNumber(1))
    .option('--batch-size <n>', 'examples an update', wholeNumber(1))
    .option('--lr <x>', 'the highest learning rate', finiteNumber)
    .option('--threads <n>', 'of onnxruntime; 0: one per core', wholeNumber(0), 0);
}

function pictureData(command: Command): Command {
  return command
    .addOption(new Option('--data <kind>', 'pictures with captions').choices(['scenes', 'coco']).default('scenes'))
    .option('--annotations <file>', "COCO's caption format, or Karpathy's dataset_coco.json")
    .option('--images <dir>', 'where their pictures lie')
    .option('--scenes <n>', 'drawn scenes to train on', wholeNumber(1), 20_000)
    .addOption(new Option('--domain <domain>', 'what they show').choices(DOMAINS).default('all'))
    .option('--held-out <n>', 'pictures kept from training, to score on', wholeNumber(0), 200)
    .option('--evaluate-every <n>', 'steps between scores; the best parameters are kept', wholeNumber(1))
    .option('--patience <n>', 'ends after so many scores that are no better', wholeNumber(1));
}

function captionData(command: Command): Command {
  return pictureData(command)
    .option('--prompt <text>', 'how captions begin')
    .option('--label-smoothing <x>', 'share of the target spread over all tokens', finiteNumber)
    .option('--slot-weight <x>', 'weight of the keyword loss of drawn scenes', finiteNumber, 0);
}

function numbers(text: string): number[] {
  return text.split(',').map((item) => wholeNumber(0)(item.trim()));
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
  const settings = await stageOptions(options, STAGE1_DEFAULTS);
  const { train, held } = await datasets(options, settings.model);
  const result = await report(options, (hooks) =>
    trainStage1({
      ...settings,
      ...hooks,
      train,
      held,
      evaluateEvery: options.evaluateEvery,
      patience: options.patience,
      dtype: options.half === true ? 'F16' : 'F32',
    }),
  );
  if (result.after === undefined || held === undefined) return;
  process.stdout.write(`\non ${held.count} pictures that were not trained on, in percent:\n`);
  for (const [name, score] of Object.entries(result.after)) {
    process.stdout.write(`${name.padEnd(20)}${score.toFixed(1).padStart(8)}\n`);
  }
}

async function captioning(options: CaptionOptions, ecma?: ReturnType<typeof ecmaSettings>): Promise<void> {
  const stage = await import('../training/stages/captioning.js');
  const defaults = ecma === undefined ? stage.CAPTIONING_DEFAULTS : stage.ECMA_DEFAULTS;
  const settings = await stageOptions(options, defaults);
  const { train, held } = await datasets(options, settings.model);
  const { data: _, ...wanted } = options;
  const result = await report(options, (hooks) =>
    stage.trainCaptioning({
      ...settings,
      ...hooks,
      train,
      held,
      prompt: wanted.prompt,
      evaluateEvery: wanted.evaluateEvery,
      patience: wanted.patience,
      labelSmoothing: wanted.labelSmoothing,
      slotWeight: wanted.slotWeight,
      init: wanted.init,
      ...(ecma === undefined ? {} : { ecma, baseRate: ecma.baseRate }),
    }),
  );
  if (result.before !== undefined && result.after !== undefined && held !== undefined) {
    process.stdout.write(`\non ${held.count} pictures that were not trained on:\n`);
    process.stdout.write(`${''.padEnd(12)}${'before'.padStart(8)}${'after'.padStart(8)}\n`);
    for (const [name, after] of Object.entries(result.after)) {
      process.stdout.write(
        `${name.padEnd(12)}${result.before[name]!.toFixed(1).padStart(8)}${after.toFixed(1).padStart(8)}\n`,
      );
    }
  }
}

/** What is trained on, and what is kept to score on. */
async function datasets(options: PictureOptions, model: string) {
  const { fileData, sceneData } = await import('../training/data/captionData.js');
  if (options.data === 'scenes') {
    const { openSprites } = await import('../training/scenes/sprites.js');
    const { openTrainingModel } = await import('../training/modelDirectory.js');
    const sprites = await openSprites();
    const { seed, domain, scenes, heldOut } = options;
    const size = (await openTrainingModel(model)).config.vision.image_size;
    return {
      train: sceneData(sprites, { seed, split: 'train', domain, count: scenes, size }),
      held:
        heldOut === 0 ? undefined : sceneData(sprites, { seed: seed + 1, split: 'iid', domain, count: heldOut, size }),
    };
  }
  if (options.annotations === undefined || options.images === undefined) {
    throw new AppError('CONFIG', '--data coco needs --annotations and --images');
  }
  const { readCocoCaptions } = await import('../training/data/coco.js');
  const { images, rejected } = await readCocoCaptions(options.annotations, options.images, {});
  for (const { where, reason } of rejected)
    process.stderr.write(`hotlens: ${options.annotations}, ${where}: ${reason}\n`);
  const { splitHeldOut } = await import('../training/data/splitHeldOut.js');
  const { train, held } = splitHeldOut(images, options.heldOut);
  const name = `${options.annotations} (${options.heldOut} held out)`;
  return {
    train: await fileData(train, model, `${name}, training`),
    held: held.length === 0 ? undefined : await fileData(held, model, `${name}, held out`),
  };
}

async function stageOptions(options: CommonOptions, defaults: StageDefaults): Promise<StageOptions> {
  const { out, seed, threads } = options;
  return {
    model: options.model ?? (await freshModel(out, seed)),
    out,
    seed,
    threads,
    steps: options.steps ?? defaults.steps,
    batchSize: options.batchSize ?? defaults.batchSize,
    learningRate: options.lr ?? defaults.learningRate,
  };
}

/** A small model of random weights in a folder of the run, made once. */
async function freshModel(out: string, seed: number): Promise<string> {
  const path = await import('node:path');
  const { exists } = await import('../inference/checkpoint/weights.js');
  const { createModel } = await import('../training/modelDirectory.js');
  const { DEMO_PRESET } = await import('../training/preset.js');
  const directory = path.join(out, 'fresh');
  if (!(await exists(path.join(directory, 'model.safetensors')))) await createModel(directory, DEMO_PRESET, seed);
  return directory;
}

interface Hooks {
  readonly onProgress: (progress: Progress) => void;
  readonly onFeatures: (done: number, count: number) => void;
  readonly signal: AbortSignal;
}

/** Runs a stage under a progress bar, or with a line now and then where there is no terminal; Ctrl-C stops it after a checkpoint. */
async function report<T extends { steps: number; seconds: number; loss: number }>(
  options: { readonly out: string },
  run: (hooks: Hooks) => Promise<T>,
): Promise<T> {
  const shown = display();
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const result = await run({
      onProgress: shown.step,
      onFeatures: shown.features,
      signal: stop.signal,
    });
    shown.stop();
    process.stdout.write(
      `${options.out}: ${result.steps} steps in ${result.seconds.toFixed(0)} s, loss ${result.loss.toFixed(4)}\n`,
    );
    return result;
  } finally {
    shown.stop();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** Seconds between two lines where there is no terminal. */
const QUIET_SECONDS = 15;

function display() {
  const terminal = process.stderr.isTTY;
  const bar = terminal
    ? new SingleBar({
        format: '{bar} {value}/{total} {what} | loss {loss} {scores}| {eta_formatted} left',
        stream: process.stderr,
      })
    : undefined;
  let active = '';
  let last = 0;
  const show = (what: string, value: number, total: number, more: { loss: string; scores: string }) => {
    if (bar !== undefined) {
      if (active !== what) {
        bar.stop();
        bar.start(total, 0, { what, ...more });
        active = what;
      }
      bar.update(value, { what, ...more });
      return;
    }
    if (Date.now() - last < 1000 * QUIET_SECONDS && value !== total) return;
    last = Date.now();
    process.stderr.write(`${what} ${value}/${total} loss ${more.loss} ${more.scores}\n`);
  };
  return {
    step: ({ step, steps, figures, scores }: Progress) => {
      const known = Object.entries(scores ?? {}).filter(([name]) => ['CIDEr', 'facts', 'R@1', 'events'].includes(name));
      const text = known.map(([name, value]) => `${name} ${value.toFixed(1)} `).join('');
      show('steps', step, steps, { loss: figures.loss!.toFixed(4), scores: text });
    },
    features: (done: number, count: number) => show('pictures seen', done, count, { loss: '-', scores: '' }),
    stop: () => bar?.stop(),
  };
}

async function demo(options: { out: string; seed: number; threads: number; scale: number }): Promise<void> {
  const { trainDemo } = await import('../training/stages/demo.js');
  const started = Date.now();
  await report(options, async (hooks) => {
    const { captioner } = await trainDemo({
      ...options,
      ...hooks,
      onStage: (name) => process.stderr.write(`\n${name}\n`),
    });
    process.stdout.write(`${captioner}\n`);
    return { steps: 0, seconds: (Date.now() - started) / 1000, loss: 0 };
  });
}
