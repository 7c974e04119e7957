// hotlens eval captions: scores a file of captions against references, as COCO's evaluation does, and against another file.
import type { Command } from 'commander';
import type { CaptionScores } from '../evaluation/scoreCaptions.js';
import { addMeteorData, addResamples, evaluationCommand } from './evaluationCommand.js';
import { imagesInAll } from './imagesInAll.js';
import { wholeNumber } from './options.js';
import { scoreTable } from './scoreTable.js';

interface Options {
  readonly references: string;
  readonly results: string;
  readonly against?: string;
  readonly meteorData?: string;
  readonly resamples: number;
  readonly seed: number;
  readonly json?: boolean;
}

export function addEvalCaptions(program: Command): void {
  const command = evaluationCommand(program)
    .command('captions')
    .description('BLEU-1..4, METEOR, ROUGE-L and CIDEr of captions, equal to pycocoevalcap 1.2')
    .requiredOption('--references <file>', "COCO's annotation format: any number of captions an image")
    .requiredOption('--results <file>', "COCO's result format: one caption an image")
    .option('--against <file>', 'other results, to test the difference to: paired bootstrap over images');
  addResamples(addMeteorData(command))
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
      : scoreTable({
          count: images.length,
          corpus: scores!.corpus,
          against: other?.corpus,
          intervals,
          differences,
        }),
  );
}

function shown({ corpus, images }: CaptionScores): {
  corpus: CaptionScores['corpus'];
  images: Record<string, unknown>;
} {
  return { corpus, images: Object.fromEntries(images) };
}
