// The flags that say what a stage trains on, and the pictures that they name: drawn scenes, or files with captions.
import { type Command, Option } from 'commander';
import { AppError } from '../errors.js';
import { DOMAINS, type Domain } from '../training/scenes/facts.js';
import { wholeNumber } from './options.js';
import { printable } from './printable.js';

export interface TrainingDataFlags {
  readonly data?: 'scenes' | 'coco';
  readonly annotations?: string;
  readonly images?: string;
  readonly scenes: number;
  readonly domain: Domain;
  readonly heldOut: number;
}

export function addTrainingDataFlags(command: Command): Command {
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
    .option('--held-out <n>', 'pictures kept from training, to score on', wholeNumber(0), 200);
}

/** What is trained on, and what is kept to score on. */
export async function openTrainingData(
  options: TrainingDataFlags & { readonly seed: number; readonly slotWeight?: number },
  model: string,
) {
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

async function scenes(
  { seed, domain, scenes: count, heldOut }: TrainingDataFlags & { readonly seed: number },
  model: string,
) {
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
export function complain(where: string, reason: string): void {
  process.stderr.write(`hotlens: ${printable(`${where}: ${reason}`)}\n`);
}
