// hotlens explain IMAGE: where a caption came from, as text, a picture, a page or numbers.
import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readConfig } from '../config.js';
import { AppError, whyUnreadable } from '../errors.js';
import type { CaptionExplanation, QueryWeights } from '../inference/explain/explanation.js';
import type { DecodingOptions } from '../inference/inference.js';
import {
  addDecodingFlags,
  addModelFlags,
  captionerOptions,
  decodingOptions,
  type ModelFlags,
  wrongFlags,
} from './decodingFlags.js';
import { addThreads } from './options.js';
import { printable } from './printable.js';

interface ExplainOptions extends DecodingOptions, ModelFlags {
  readonly weights: QueryWeights;
  readonly threads?: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function addExplain(program: Command): void {
  const command = program
    .command('explain')
    .description('captions a picture and shows where the caption came from')
    .argument('<image>', 'a picture');
  addThreads(addDecodingFlags(addModelFlags(command)))
    .addOption(
      new Option('--weights <kind>', 'what queries count for a word: attention to them, or what it loses without them')
        .choices(['attention', 'effect'])
        .default('attention'),
    )
    .option('--out <file>', 'a picture (.png, .svg), a page (.html) or all numbers (.json)', outputFile)
    .option('--json', 'all numbers, as one object')
    .action(explainCommand);
}

function outputFile(text: string): string {
  if (!/\.(png|svg|html|json)$/i.test(text))
    throw new InvalidArgumentError('expected a name in .png, .svg, .html or .json');
  return text;
}

async function explainCommand(image: string, options: ExplainOptions): Promise<void> {
  const config = readConfig();
  const { explainCaption } = await import('../inference/explain/explainCaption.js');
  const { out, weights } = options;
  const { explanation } = await explainCaption(
    options.model ?? config.inference.modelDir,
    { image: { path: image }, options: decodingOptions(options), weights },
    captionerOptions(options, config),
  ).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'BAD_IMAGE') throw new AppError('BAD_IMAGE', `${image}: ${error.message}`, { cause: error });
    throw error.code === 'BAD_USER_INPUT' ? wrongFlags(error) : error;
  });
  if (out !== undefined) await write(out, explanation, image);
  process.stdout.write(options.json === true ? json(explanation) : text(explanation));
}

async function write(out: string, explanation: CaptionExplanation, image: string): Promise<void> {
  const content = /\.json$/i.test(out) ? json(explanation) : await drawn(out, explanation, image);
  await writeFile(out, content).catch((cause: unknown) => {
    throw new AppError('CONFIG', `${out}: cannot be written: ${whyUnreadable(cause)}`, { cause });
  });
}

async function drawn(out: string, explanation: CaptionExplanation, file: string): Promise<string | Buffer> {
  const [{ default: sharp }, { decodeRgb }, { figurePicture }, { explanationFigure }, { explanationPage }] =
    await Promise.all([
      import('sharp'),
      import('../inference/decodeRgb.js'),
      import('../reports/figurePicture.js'),
      import('../reports/explanationFigure.js'),
      import('../reports/explanationPage.js'),
    ]);
  const picture = await figurePicture(await decodeRgb({ path: file }, { maxPixels: readConfig().media.maxPixels }));
  const figure = await explanationFigure(explanation, picture);
  if (/\.svg$/i.test(out)) return figure;
  if (/\.html$/i.test(out)) return explanationPage(explanation.caption, figure);
  return sharp(Buffer.from(figure)).png().toBuffer();
}

/** Six digits say all that float32 knows. */
function json(explanation: CaptionExplanation): string {
  const digits = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
  return `${JSON.stringify(explanation, digits)}\n`;
}

function text({ caption, words, grid, ecma }: CaptionExplanation): string {
  const rows = words.map(({ text: word, logProb, pictureShare, map, ecmaMap }) => [
    printable(word),
    Math.exp(logProb).toFixed(3),
    `${(100 * pictureShare).toFixed(0)} %`,
    region(map, grid),
    ...(ecma === null ? [] : [ecmaMap === null ? '-' : region(ecmaMap, grid)]),
  ]);
  const heads = ['word', 'p', 'on picture', 'looks most at', ...(ecma === null ? [] : ['ECMA at'])];
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]!.length)));
  const lines = [heads, ...rows].map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
  const layers = (ecma ?? []).map(({ layer, strength, gates, changes }) => {
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const gate = gates === null ? 'no gates' : `mean gate ${mean(gates).toFixed(3)}`;
    return `ECMA in layer ${layer}: strength ${strength.toFixed(4)}, ${gate}, changes queries by ${(100 * mean(changes)).toFixed(1)} %`;
  });
  return `${[printable(caption), '', ...lines, ...(layers.length === 0 ? [] : ['', ...layers])].join('\n')}\n`;
}

/** Which ninth of the picture holds the highest patch. */
function region(map: readonly number[], grid: number): string {
  const highest = map.indexOf(Math.max(...map));
  const third = (position: number) => Math.floor((3 * position + 1.5) / grid);
  const row = ['top', 'middle', 'bottom'][third(Math.floor(highest / grid))]!;
  const column = ['left', '', 'right'][third(highest % grid)]!;
  if (column === '') return row;
  return row === 'middle' ? column : `${row} ${column}`;
}
