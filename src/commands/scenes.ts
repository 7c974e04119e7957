// hotlens scenes: draws scenes with captions to train on and to test with.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DOMAINS, type Domain, SPLITS, type Split } from '../training/scenes/facts.js';
import { wholeNumber } from './options.js';
import { progressBar } from './progressBar.js';

interface ScenesOptions {
  readonly split: Split;
  readonly domain: Domain;
  readonly seed: number;
  readonly count: number;
  readonly size: number;
  readonly out: string;
  readonly format: 'png' | 'jpg';
  readonly cache?: string;
}

/** Where pictures stop gaining by it: sprites are rasterised at 112 pixels. */
const LARGEST = 768;

export function addScenes(program: Command): void {
  program
    .command('scenes')
    .description('draws scenes with captions, in the COCO format (needs the development dependencies)')
    .addOption(new Option('--split <split>', 'which scenes').choices(SPLITS).default('train'))
    .addOption(new Option('--domain <domain>', 'what they show').choices(DOMAINS).default('all'))
    .option('--seed <n>', 'another seed, other scenes', wholeNumber(0), 0)
    .option('--count <n>', 'how many', wholeNumber(1), 100)
    .option('--size <px>', 'width and height of the pictures', pictureSize, 96)
    .requiredOption('--out <dir>', 'a new or empty folder for annotations.json, facts.json and images/')
    .addOption(new Option('--format <format>', 'of the pictures').choices(['png', 'jpg']).default('png'))
    .option('--cache <dir>', 'where rasterised sprites are kept (default: ~/.cache/hotlens)')
    .action(scenesCommand);
}

function pictureSize(text: string): number {
  const size = wholeNumber(32)(text);
  if (size > LARGEST) throw new InvalidArgumentError(`expected at most ${LARGEST}`);
  return size;
}

async function scenesCommand({ cache, ...options }: ScenesOptions): Promise<void> {
  const [{ openSprites }, { writeScenes }] = await Promise.all([
    import('../training/scenes/sprites.js'),
    import('../training/scenes/writeScenes.js'),
  ]);
  const sprites = await openSprites(cache === undefined ? {} : { cacheDir: cache });
  const bar = progressBar('{value}/{total} scenes');
  bar?.start(options.count, 0);
  try {
    await writeScenes(sprites, { ...options, onProgress: (done) => bar?.update(done) });
  } finally {
    bar?.stop();
  }
  process.stdout.write(`${options.out}: ${options.count} scenes\n`);
}
