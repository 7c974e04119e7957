// hotlens eval captions: scores a file of captions against references, as COCO's evaluation does, and against another file.
import type { Command } from 'commander';
import { AppError } from '../errors.js';
import type { Difference, Interval } from '../evaluation/bootstrap.js';
import type { CaptionScores } from '../evaluation/scoreCaptions.js';
import { wholeNumber } from './options.js';
import { printable } from './printable.js';

interface Options {
  readonly references: string;
  readonly results: string;
  readonly against?: string;
  readonly meteorData?: string;
  readonly resamples: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** Images named in a warning. */
const NAMED = 3;

export function addEvalCaptions(program: Command): void {
  const evaluation =
    program.commands.find((command) => command.name() === 'eval') ??
    program.command('eval').description('measures against known answers');
  evaluation
    .command('captions')
    .description('BLEU-1..4, METEOR, ROUGE-L and CIDEr of captions, equal to pycocoevalcap 1.2')
    .requiredOption('--references <file>', "COCO's annotation format: any number of captions an image")
    .requiredOption('--results <file>', "COCO's result format: one caption an image")
    .option('--against <file>', 'other results, to test the difference to: paired bootstrap over images')
    .option('--meteor-data <path>', "METEOR 1.5's folder or jar: synonyms and paraphrases count too")
    .option('--resamples <n>', 'of the bootstrap that gives intervals; 0 leaves them out', wholeNumber(0), 1000)
    .option('--seed <n>', 'of the bootstrap', wholeNumber(0), 1)
    .option('--json', 'one object: corpus, images, intervals, and against')
    .action(evalCaptions);
}

async function evalCaptions(options: Options): Promise<void> {
  const { readReferences, readResults } = await import('../evaluation/cocoCaptions.js');
  const { confidenceIntervals, pairedDifferences } = await import('../evaluation/bootstrap.js');
  const { scoreCaptionSets } = await import('../evaluation/scoreCaptions.js');
  const references = readReferences(options.references);
  const files = [options.results, ...(options.against === undefined ? [] : [options.against])];
  const results = files.map((file) => ({ file, captions: readResults(file) }));
  const images = imagesInAll(references, results, options.references);
  const kept = new Map(images.map((image) => [image, references.get(image)!]));
  const [scores, other] = scoreCaptionSets(
    kept,
    results.map(({ captions }) => new Map(images.map((image) => [image, captions.get(image)!]))),
    options.meteorData === undefined ? {} : { meteorData: options.meteorData },
  );
  const bootstrap = { resamples: options.resamples, seed: options.seed };
  const wanted = options.resamples > 0;
  const intervals = wanted ? confidenceIntervals(scores!.statistics, bootstrap) : undefined;
  const differences =
    wanted && other !== undefined ? pairedDifferences(other.statistics, scores!.statistics, bootstrap) : undefined;
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({
          ...shown(scores!),
          ...(intervals === undefined ? {} : { intervals }),
          ...(other === undefined
            ? {}
            : { against: { ...shown(other), ...(differences === undefined ? {} : { differences }) } }),
        })}\n`
      : table(scores!, { intervals, other, differences }),
  );
}

/**
 * The images that have references and a caption in every file. A caption of an image without references is an error, as in pycocoevalcap; an image
 * without a caption is left out with a warning, as there.
 */
function imagesInAll(
  references: ReadonlyMap<string, readonly string[]>,
  results: readonly { readonly file: string; readonly captions: ReadonlyMap<string, string> }[],
  referenceFile: string,
): string[] {
  for (const { file, captions } of results) {
    const index = [...captions.keys()].findIndex((image) => !references.has(image));
    if (index !== -1) {
      const image = [...captions.keys()][index];
      throw new AppError(
        'BAD_USER_INPUT',
        `${file}, entry ${index}: image ${image} has no references in ${referenceFile}`,
      );
    }
    const missing = [...references.keys()].filter((image) => !captions.has(image));
    if (missing.length === 0) continue;
    const named = missing.slice(0, NAMED).join(', ') + (missing.length > NAMED ? ', ...' : '');
    process.stderr.write(
      `hotlens: ${printable(`${file}: ${missing.length} of ${references.size} images with references have no caption and are left out: ${named}`)}\n`,
    );
  }
  const images = [...references.keys()].filter((image) => results.every(({ captions }) => captions.has(image)));
  if (images.length === 0) {
    throw new AppError(
      'BAD_USER_INPUT',
      `no image has a caption in both ${results.map(({ file }) => file).join(' and ')}`,
    );
  }
  return images;
}

function shown({ corpus, images }: CaptionScores): {
  corpus: CaptionScores['corpus'];
  images: Record<string, unknown>;
} {
  return { corpus, images: Object.fromEntries(images) };
}

function table(
  scores: CaptionScores,
  more: {
    readonly intervals: Readonly<Record<string, Interval>> | undefined;
    readonly other: CaptionScores | undefined;
    readonly differences: Readonly<Record<string, Difference>> | undefined;
  },
): string {
  const { intervals, other, differences } = more;
  const rows = Object.entries(scores.corpus).map(([metric, score]) => [
    metric,
    number(score),
    ...(intervals === undefined ? [] : [interval(intervals[metric]!)]),
    ...(other === undefined ? [] : [number(other.corpus[metric]!), signed(score - other.corpus[metric]!)]),
    ...(differences === undefined ? [] : [interval(differences[metric]!), differences[metric]!.p.toPrecision(2)]),
  ]);
  const heads = [
    `${scores.images.size.toLocaleString('en')} images`,
    'score',
    ...(intervals === undefined ? [] : ['95 % interval']),
    ...(other === undefined ? [] : ['against', 'difference']),
    ...(differences === undefined ? [] : ['95 % interval', 'p']),
  ];
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]!.length)));
  return [heads, ...rows]
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '))
    .map((line) => `${line}\n`)
    .join('');
}

function number(value: number): string {
  return value.toFixed(4);
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${number(Math.abs(value))}`;
}

function interval({ low, high }: Interval): string {
  return `${number(low)} to ${number(high)}`;
}
