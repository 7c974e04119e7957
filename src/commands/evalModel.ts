// hotlens eval model: captions pictures whose captions are known, and scores what came out, in one go.
import { constants } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '../config.js';
import { AppError, whyUnreadable } from '../errors.js';
import type { Difference, Interval } from '../evaluation/bootstrap.js';
import type { DecodingOptions } from '../inference/inference.js';
import type { CaptionData } from '../training/data/captionData.js';
import type { CaptionScoring, ScoredCaptions } from '../training/scoreData.js';
import { addDataFlags, type DataFlags, openData } from './dataFlags.js';
import {
  addDecodingFlags,
  addModelFlags,
  captionerOptions,
  decodingOptions,
  type ModelFlags,
  wrongFlags,
} from './decodingFlags.js';
import { addMeteorData, addResamples, evaluationCommand, tellLeftOut } from './evaluationCommand.js';
import { imagesInAll } from './imagesInAll.js';
import { addThreads, wholeNumber } from './options.js';
import { printable } from './printable.js';
import { pictureBar } from './progressBar.js';
import { scoreTable } from './scoreTable.js';

interface EvalModelOptions extends DecodingOptions, ModelFlags, DataFlags {
  readonly keywords?: boolean;
  readonly batchSize?: number;
  readonly threads?: number;
  readonly against?: string;
  readonly meteorData?: string;
  readonly resamples: number;
  readonly out?: string;
  readonly referencesOut?: string;
  readonly json?: boolean;
}

export function addEvalModel(program: Command): void {
  const described = evaluationCommand(program)
    .command('model')
    .description('captions pictures whose captions are known, and scores them; on drawn scenes fact by fact too');
  const command = addDataFlags(described)
    .option('--keywords', 'the ceiling: captions from the facts themselves through the language model, no picture seen')
    .option('--against <file>', 'results to test the difference to, as --out writes them: paired bootstrap over images')
    .option('--out <file>', "captions in COCO's result format, with what of a scene is right")
    .option('--references-out <file>', "their references in COCO's annotation format, for eval captions");
  addThreads(addDecodingFlags(addModelFlags(addResamples(addMeteorData(command)))))
    .option('--batch-size <n>', 'pictures at a time', wholeNumber(1))
    .option('--json', 'one object: model, corpus, images, intervals, and against')
    .action(evalModel);
}

async function evalModel(options: EvalModelOptions): Promise<void> {
  for (const file of [options.out, options.referencesOut]) if (file !== undefined) await checkFolder(file);
  const { inference } = readConfig();
  const directory = options.model ?? inference.modelDir;
  if (options.keywords === true && options.data !== 'scenes') {
    throw new AppError('CONFIG', '--keywords needs facts, which only --data scenes has');
  }
  const data = await openData(options, directory);
  const { readResults } = await import('../evaluation/cocoCaptions.js');
  // Read before the long work: a file that is wrong is told at once.
  const earlier =
    options.against === undefined ? [] : [{ file: options.against, captions: readResults(options.against) }];
  const { model, captions, failed } = await caption(data, directory, options);
  tellLeftOut(failed);
  if (captions.size === 0) throw new AppError('BAD_USER_INPUT', `${data.name}: no picture could be captioned`);

  const { scoreData } = await import('../training/scoreData.js');
  const references = new Map(
    Array.from({ length: data.count }, (_, i): [string, readonly string[]] => [data.idOf(i), data.references(i)]),
  );
  for (const { id } of failed) references.delete(id);
  const images = imagesInAll(references, [...earlier, { file: directory, captions }], data.name);
  const scoring: CaptionScoring = scoreData(data, images, [captions, ...earlier.map((each) => each.captions)], {
    resamples: options.resamples,
    ...(options.meteorData === undefined ? {} : { meteorData: options.meteorData }),
  });
  const [scored, other] = scoring.sets as [ScoredCaptions, ScoredCaptions | undefined];
  if (options.out !== undefined) {
    await write(options.out, resultsOf(captions, new Map(images.map((id, i) => [id, scored.images[i]!.facts]))));
  }
  if (options.referencesOut !== undefined) await write(options.referencesOut, annotationsOf(references));
  const { intervals, differences } = scoring;
  if (options.json === true) {
    const shown = {
      model,
      data: data.name,
      corpus: scored.corpus,
      images: Object.fromEntries(scored.images.map(({ id, ...rest }) => [id, rest])),
      failed,
      ...(intervals === undefined ? {} : { intervals }),
      ...(other === undefined ? {} : { against: against(options.against!, other, differences) }),
    };
    process.stdout.write(`${JSON.stringify(shown)}\n`);
    return;
  }
  process.stdout.write(`${printable(`${model.directory}${model.how} on ${data.name}`)}\n`);
  process.stdout.write(
    scoreTable({ count: images.length, corpus: scored.corpus, intervals, against: other?.corpus, differences }),
  );
}

interface Captioned {
  readonly model: {
    readonly directory: string;
    readonly digest?: string;
    readonly ecma?: string;
    readonly how: string;
  };
  readonly captions: ReadonlyMap<string, string>;
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

async function caption(data: CaptionData, directory: string, options: EvalModelOptions): Promise<Captioned> {
  const config = readConfig();
  const opened = captionerOptions(options, config);
  const bar = pictureBar();
  const run = {
    batchSize: options.batchSize ?? config.inference.batchSize,
    decoding: decodingOptions(options),
    onProgress: (done: number) => bar?.update(done),
  };
  bar?.start(data.count, 0);
  try {
    if (options.keywords === true) {
      const { device, threads } = opened;
      const { keywordCaptions } = await import('../training/keywordCaptions.js');
      const captions = await keywordCaptions(directory, data, { ...run, device, threads });
      return { model: { directory, how: "'s language model told the facts" }, captions, failed: [] };
    }
    const { openCaptioner } = await import('../inference/captioner.js');
    const { captionPictures } = await import('../training/captionPictures.js');
    const { quantize } = opened;
    const captioner = await openCaptioner(directory, opened);
    try {
      const { digest, adapterDigest } = captioner.info;
      const how = `${adapterDigest === '' ? '' : ' with ECMA'}${quantize === undefined ? '' : ` in ${quantize}`}`;
      const model = { directory, digest, ...(adapterDigest === '' ? {} : { ecma: adapterDigest }), how };
      return { model, ...(await captionPictures(captioner, data, run)) };
    } finally {
      await captioner.dispose();
    }
  } catch (error) {
    throw error instanceof AppError && error.code === 'BAD_USER_INPUT' ? wrongFlags(error) : error;
  } finally {
    bar?.stop();
  }
}

function against(
  file: string,
  { corpus }: ScoredCaptions,
  differences?: Readonly<Record<string, Difference & Interval>>,
) {
  return { file, corpus, ...(differences === undefined ? {} : { differences }) };
}

function resultsOf(
  captions: ReadonlyMap<string, string>,
  facts: ReadonlyMap<string, Readonly<Record<string, boolean>> | undefined>,
): object[] {
  return [...captions].map(([id, text]) => {
    const right = facts.get(id);
    return { image_id: imageId(id), caption: text, ...(right === undefined ? {} : { facts: right }) };
  });
}

function annotationsOf(references: ReadonlyMap<string, readonly string[]>): object {
  const annotations = [...references].flatMap(([id, texts]) =>
    texts.map((text) => ({ image_id: imageId(id), caption: text })),
  );
  return {
    images: [...references.keys()].map((id) => ({ id: imageId(id) })),
    annotations: annotations.map((annotation, i) => ({ id: i + 1, ...annotation })),
  };
}

/** COCO's ids are numbers, and its tools look them up as such; those of scenes are names. */
function imageId(id: string): number | string {
  return String(Number(id)) === id && Number.isSafeInteger(Number(id)) ? Number(id) : id;
}

/** Throws AppError CONFIG where the file cannot be made: before the long work, not after it. */
async function checkFolder(file: string): Promise<void> {
  await access(path.dirname(path.resolve(file)), constants.W_OK).catch((cause: unknown) => {
    throw new AppError('CONFIG', `${file}: cannot be written: ${whyUnreadable(cause)}`, { cause });
  });
}

async function write(file: string, content: object): Promise<void> {
  await writeFile(file, `${JSON.stringify(content)}\n`).catch((cause: unknown) => {
    throw new AppError('CONFIG', `${file}: cannot be written: ${whyUnreadable(cause)}`, { cause });
  });
}
