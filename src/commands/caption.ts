// hotlens caption IMAGE...: captions files, or all pictures of a folder, without a database.
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '../config.js';
import { AppError } from '../errors.js';
import type { Captioner } from '../inference/captioner.js';
import type { CaptionResult, DecodingOptions } from '../inference/inference.js';
import {
  addDecodingFlags,
  addModelFlags,
  captionerOptions,
  decodingOptions,
  type ModelFlags,
  wrongFlags,
} from './decodingFlags.js';
import { wholeNumber } from './options.js';
import { printable } from './printable.js';
import { pictureBar } from './progressBar.js';

interface CaptionCommandOptions extends DecodingOptions, ModelFlags {
  readonly batchSize?: number;
  readonly json?: boolean;
}

/** A file to caption, or why there is none. */
type Target = { readonly file: string; readonly error?: string };

const PICTURE = /\.(jpe?g|png|webp|gif|tiff?|avif|bmp)$/i;

export function addCaption(program: Command): void {
  const command = program
    .command('caption')
    .description('captions pictures')
    .argument('<image...>', 'files, or folders: all pictures in them');
  addDecodingFlags(addModelFlags(command))
    .option('--batch-size <n>', 'pictures at a time', wholeNumber(1))
    .option('--json', 'one JSON object a picture and line, in the order given')
    .action(captionCommand);
}

async function captionCommand(images: readonly string[], options: CaptionCommandOptions): Promise<void> {
  const config = readConfig();
  const { inference } = config;
  const { openCaptioner } = await import('../inference/captioner.js');
  const captioner = await openCaptioner(options.model ?? inference.modelDir, captionerOptions(options, config));
  const targets = (await Promise.all(images.map(expand))).flat();
  const batchSize = options.batchSize ?? inference.batchSize;
  const bar = pictureBar();
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
  if (wrong !== undefined) throw wrongFlags(wrong);
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
