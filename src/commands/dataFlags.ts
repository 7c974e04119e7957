// The flags of every command that measures on captioned pictures: which ones.
import { type Command, Option } from 'commander';
import { AppError } from '../errors.js';
import type { CaptionData } from '../training/data/captionData.js';
import { DOMAINS, type Domain, SPLITS, type Split } from '../training/scenes/facts.js';
import { wholeNumber } from './options.js';
import { printable } from './printable.js';

export interface DataFlags {
  readonly data: 'scenes' | 'coco';
  readonly split?: string;
  readonly domain: Domain;
  readonly count?: number;
  readonly seed: number;
  readonly cache?: string;
  readonly annotations?: string;
  readonly images?: string;
}

export function addDataFlags(command: Command): Command {
  return command
    .addOption(new Option('--data <kind>', 'pictures with captions').choices(['scenes', 'coco']).default('scenes'))
    .option('--split <split>', `of scenes: ${SPLITS.join(', ')} (default: iid); of a Karpathy file: its own, e.g. test`)
    .addOption(new Option('--domain <domain>', 'what scenes show').choices(DOMAINS).default('all'))
    .option(
      '--count <n>',
      'how many: scenes to draw, or pictures to take from the start of the file (default: 1000; all)',
      wholeNumber(1),
    )
    .option('--seed <n>', 'another seed, other scenes', wholeNumber(0), 0)
    .option('--cache <dir>', 'where rasterised sprites are kept (default: ~/.cache/hotlens)')
    .option('--annotations <file>', "COCO's caption format, or Karpathy's dataset_coco.json")
    .option('--images <dir>', 'where their pictures lie');
}

/** The pictures, as the model in `directory` takes them. Throws AppError CONFIG for flags of the other kind of data: they would be ignored. */
export async function openData(options: DataFlags, directory: string): Promise<CaptionData> {
  const { fileData, sceneData } = await import('../training/data/captionData.js');
  const { annotations, images, split, seed, domain, cache, count } = options;
  if (options.data === 'scenes') {
    if (annotations !== undefined || images !== undefined) {
      throw new AppError('CONFIG', '--annotations and --images go with --data coco');
    }
    const { openTrainingModel } = await import('../training/modelDirectory.js');
    const { config } = await openTrainingModel(directory);
    const { openSprites } = await import('../training/scenes/sprites.js');
    const sprites = await openSprites(cache === undefined ? {} : { cacheDir: cache });
    const size = config.vision.image_size;
    return sceneData(sprites, { seed, split: sceneSplit(split), domain, count: count ?? 1000, size });
  }
  if (annotations === undefined || images === undefined) {
    throw new AppError('CONFIG', '--data coco needs --annotations and --images');
  }
  const { readCocoCaptions } = await import('../training/data/coco.js');
  const found = await readCocoCaptions(annotations, images, split === undefined ? {} : { splits: split.split(',') });
  for (const { where, reason } of found.rejected) {
    process.stderr.write(`hotlens: ${printable(`${annotations}, ${where}: ${reason}`)}\n`);
  }
  const name = split === undefined ? annotations : `${annotations}, ${split}`;
  return fileData(count === undefined ? found.images : found.images.slice(0, count), directory, name);
}

function sceneSplit(split = 'iid'): Split {
  const found = SPLITS.find((each) => each === split);
  if (found === undefined) throw new AppError('CONFIG', `--split: expected one of ${SPLITS.join(', ')}, got ${split}`);
  return found;
}
