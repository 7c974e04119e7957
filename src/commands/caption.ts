// hotlens caption IMAGE...: captions files, or all pictures of a folder, without a database.
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { SingleBar } from 'cli-progress';
import { type Command, Option } from 'commander';
import { readConfig } from '../config.js';
import { AppError } from '../errors.js';
import type { Captioner } from '../inference/captioner.js';
import type { CaptionResult, DecodingOptions } from '../inference/inference.js';
import { DEVICES, finiteNumber, tokenIds, wholeNumber } from './options.js';
import { printable } from './printable.js';

interface CaptionCommandOptions extends DecodingOptions {
  readonly model?: string;
  readonly ecma: boolean;
  readonly device?: (typeof DEVICES)[number];
  readonly batchSize?: number;
  readonly json?: boolean;
}

/** A file to caption, or why there is none. */
type Target = { readonly file: string; readonly error?: string };

const PICTURE = /\.(jpe?g|png|webp|gif|tiff?|avif|bmp)$/i;

export function addCaption(program: Command): void {
  program
    .command('caption')
    .description('captions pictures')
    .argument('<image...>', 'files, or folders: all pictures in them')
    .option('--model <dir>', 'a Hugging Face Blip2ForConditionalGeneration directory with OPT (default: HOTLENS_MODEL)')
    .option('--prompt <text>', 'how the caption begins; none: the empty prompt')
    .option('--num-beams <n>', 'beams of the search; 1 is greedy', wholeNumber(1))
    .option('--max-new-tokens <n>', 'longest caption', wholeNumber(1))
    .option('--min-new-tokens <n>', 'shortest caption', wholeNumber(0))
    .option('--length-penalty <x>', 'above 0 favours longer beams', finiteNumber)
    .option('--repetition-penalty <x>', 'above 1 avoids repeated tokens', finiteNumber)
    .addOption(noRepeatNgramSize())
    .option('--early-stopping', 'stop as soon as there are enough finished beams')
    .option('--eos-token-id <id>', 'end token; several: with commas between, or the option again', tokenIds)
    .option('--no-ecma', 'ignore the ecma/ adapter beside the checkpoint')
    .addOption(new Option('--device <device>', 'where to run').choices(DEVICES))
    .option('--batch-size <n>', 'pictures at a time', wholeNumber(1))
    .option('--json', 'one JSON object a picture and line, in the order given')
    .action(captionCommand);
}

/** Commander takes every --no-x for the opposite of --x; this one is an option with a value. */
function noRepeatNgramSize(): Option {
  const option = new Option('--no-repeat-ngram-size <n>', 'no n-gram of this size twice').argParser(wholeNumber(0));
  option.negate = false;
  return option;
}

async function captionCommand(images: readonly string[], options: CaptionCommandOptions): Promise<void> {
  const { inference, media } = readConfig();
  const { openCaptioner } = await import('../inference/captioner.js');
  const captioner = await openCaptioner(options.model ?? inference.modelDir, {
    device: options.device ?? inference.device,
    threads: inference.threads,
    ecma: options.ecma && inference.ecma,
    imageLimits: { maxPixels: media.maxPixels },
  });
  const targets = (await Promise.all(images.map(expand))).flat();
  const batchSize = options.batchSize ?? inference.batchSize;
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: '{bar} {value}/{total} pictures | {eta_formatted} left', stream: process.stderr })
    : undefined;
  bar?.start(targets.length, 0);
  for (let start = 0; start < targets.length; start += batchSize) {
    const batch = targets.slice(start, start + batchSize);
    const results = await captionTargets(captioner, batch, decodingOptions(options));
    // The bar is redrawn below the lines that were printed.
    if (process.stdout.isTTY) bar?.stop();
    results.forEach((result, i) => {
      print(batch[i]!.file, result, options.json === true);
    });
    if (process.stdout.isTTY) bar?.start(targets.length, 0);
    bar?.update(start + batch.length);
  }
  bar?.stop();
  await captioner.dispose();
}

async function captionTargets(
  captioner: Captioner,
  batch: readonly Target[],
  options: DecodingOptions,
): Promise<(CaptionResult | AppError)[]> {
  const readable = batch.filter((target) => target.error === undefined);
  const captions = await captioner.captionBatch(readable.map(({ file }) => ({ image: { path: file }, options })));
  const wrong = captions.find(
    (result): result is AppError => result instanceof AppError && result.code === 'BAD_USER_INPUT',
  );
  // Options that do not fit the model fit no picture: said once, not once a picture.
  if (wrong !== undefined) throw new AppError('CONFIG', underFlags(wrong.message), { cause: wrong });
  return batch.map((target) =>
    target.error === undefined ? captions.shift()! : new AppError('BAD_IMAGE', target.error),
  );
}

function print(file: string, result: CaptionResult | AppError, json: boolean): void {
  if (result instanceof AppError) process.exitCode = 1;
  if (json) {
    const line = result instanceof AppError ? { file, error: result.message } : { file, ...shown(result) };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  } else if (result instanceof AppError) process.stderr.write(`${printable(file)}: ${printable(result.message)}\n`);
  else process.stdout.write(`${printable(file)}: ${printable(result.caption)}\n`);
}

/** A message about `numBeams: ...` as one about `--num-beams: ...`: under the names that were typed. */
function underFlags(message: string): string {
  return message.replace(/^[a-z]+(?:[A-Z][a-z]+)+(?=: )/, (name) => {
    return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  });
}

function shown({ caption, tokenIds: ids, logProb, modelDigest, adapterDigest }: CaptionResult) {
  const model = adapterDigest === '' ? modelDigest : `${modelDigest}+${adapterDigest}`;
  return { caption, tokenIds: ids, logProb, model };
}

/** A file as it is, also where it cannot be read: who opens it says why. A folder as its pictures by name. */
async function expand(name: string): Promise<Target[]> {
  try {
    if (!(await stat(name)).isDirectory()) return [{ file: name }];
    const entries = (await readdir(name)).filter((entry) => PICTURE.test(entry)).sort();
    if (entries.length === 0) return [{ file: name, error: 'the folder holds no pictures' }];
    return entries.map((entry) => ({ file: path.join(name, entry) }));
  } catch {
    return [{ file: name }];
  }
}

const DECODING = [
  'prompt',
  'numBeams',
  'maxNewTokens',
  'minNewTokens',
  'lengthPenalty',
  'repetitionPenalty',
  'noRepeatNgramSize',
  'earlyStopping',
  'eosTokenId',
] as const satisfies readonly (keyof DecodingOptions)[];

function decodingOptions(options: CaptionCommandOptions): DecodingOptions {
  return Object.fromEntries(DECODING.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}
