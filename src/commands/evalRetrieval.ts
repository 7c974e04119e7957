// hotlens eval retrieval: how well an embedder's captions and pictures find each other, and how well it tells events apart.
import type { Command } from 'commander';
import { readConfig } from '../config.js';
import { AppError } from '../errors.js';
import type { Rights } from '../evaluation/shares.js';
import type { Embedder } from '../inference/embedding/embedder.js';
import type { CaptionData } from '../training/data/captionData.js';
import { addDataFlags, type DataFlags, openData } from './dataFlags.js';
import { addResamples, evaluationCommand, tellLeftOut } from './evaluationCommand.js';
import { addThreads } from './options.js';
import { printable } from './printable.js';
import { pictureBar } from './progressBar.js';
import { scoreTable } from './scoreTable.js';

interface EvalRetrievalOptions extends DataFlags {
  readonly model?: string;
  readonly threads?: number;
  readonly resamples: number;
  readonly json?: boolean;
}

export function addEvalRetrieval(program: Command): void {
  const command = evaluationCommand(program)
    .command('retrieval')
    .description('finds captions by their pictures and pictures by their captions, among all that are given');
  addResamples(addThreads(addDataFlags(command)))
    .option('--model <dir>', 'a Blip2ForImageTextRetrieval directory (default: HOTLENS_EMBEDDER)')
    .option('--json', 'one object: model, data, corpus, events, intervals')
    .action(evalRetrieval);
}

async function evalRetrieval(options: EvalRetrievalOptions): Promise<void> {
  const { inference, media } = readConfig();
  const directory = options.model ?? inference.embedderDir;
  const { openEmbedder } = await import('../inference/embedding/embedder.js');
  const embedder = await openEmbedder(directory, {
    device: inference.device,
    threads: options.threads ?? inference.threads,
    imageLimits: { maxPixels: media.maxPixels },
  });
  try {
    if (!embedder.info.images) {
      throw new AppError('CONFIG', `--model: ${directory} is a sentence encoder, which has no picture side`);
    }
    const data = await openData(options, directory);
    const vectors = await embed(embedder, data);
    tellLeftOut(vectors.failed);
    const count = data.count - vectors.failed.length;
    if (count === 0) throw new AppError('BAD_USER_INPUT', `${data.name}: no picture could be embedded`);
    const { found, events } = await score(vectors, embedder.info.dimension);
    const { confidenceIntervals, overall } = await import('../evaluation/bootstrap.js');
    const { shares } = await import('../evaluation/shares.js');
    const statistics = shares(found, Object.keys(found[0]!));
    const corpus = overall(statistics);
    const intervals =
      options.resamples > 0 ? confidenceIntervals(statistics, { resamples: options.resamples }) : undefined;
    if (options.json === true) {
      const { digest } = embedder.info;
      const shown = { model: { directory, digest }, data: data.name, count, corpus, events };
      process.stdout.write(`${JSON.stringify({ ...shown, ...(intervals === undefined ? {} : { intervals }) })}\n`);
      return;
    }
    process.stdout.write(`${printable(`${directory} on ${data.name}`)}\n`);
    process.stdout.write(scoreTable({ count, corpus, intervals }));
    process.stdout.write(
      `cosine of a picture's first two captions ${figure(events.same)}, of captions of different pictures ${figure(events.different)}; ` +
        `the former is larger in ${(100 * events.area).toFixed(2)} % of the pairs\n`,
    );
  } finally {
    await embedder.dispose();
  }
}

interface Vectors {
  /** The first caption of each picture that could be read, and its second, or else the first again. */
  readonly first: readonly string[];
  readonly second: readonly string[];
  /** All captions of a picture. */
  readonly own: readonly ReadonlySet<string>[];
  readonly firstVectors: Float32Array;
  readonly secondVectors: Float32Array;
  readonly pictures: Float32Array;
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

async function embed(embedder: Embedder, data: CaptionData): Promise<Vectors> {
  const { stacked } = await import('../evaluation/retrieval.js');
  const bar = pictureBar();
  const failed: { id: string; reason: string }[] = [];
  const pictures: Float32Array[] = [];
  const own: (readonly string[])[] = [];
  bar?.start(data.count, 0);
  for (let i = 0; i < data.count; i += 1) {
    try {
      pictures.push((await embedder.embedImage(await data.image(i))).vector);
      own.push(data.references(i));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'BAD_IMAGE') throw error;
      failed.push({ id: data.idOf(i), reason: error.message });
    }
    bar?.update(i + 1);
  }
  bar?.stop();
  const first = own.map((captions) => captions[0]!);
  const second = own.map((captions) => captions[1] ?? captions[0]!);
  const textVectors = async (texts: readonly string[]) =>
    stacked((await embedder.embedTexts(texts)).map(({ vector }) => vector));
  return {
    ...{ first, second, failed },
    own: own.map((captions) => new Set(captions)),
    firstVectors: await textVectors(first),
    secondVectors: await textVectors(second),
    pictures: stacked(pictures),
  };
}

/** For each picture whether it and its first caption find each other among all; a caption that several pictures have is right for each. */
async function score(vectors: Vectors, width: number) {
  const { dotProducts, eventScores, transposed, wrongBefore } = await import('../evaluation/retrieval.js');
  const { first, second, own } = vectors;
  const right = (picture: number, text: number) => own[picture]!.has(first[text]!);
  const similarities = dotProducts(vectors.pictures, vectors.firstVectors, width);
  const texts = wrongBefore(similarities, right);
  const pictures = wrongBefore(transposed(similarities), (text, picture) => right(picture, text));
  const found = texts.map(
    (before, i): Rights => ({
      'text R@1': before < 1,
      'text R@5': before < 5,
      'picture R@1': pictures[i]! < 1,
      'picture R@5': pictures[i]! < 5,
    }),
  );
  const cosines = dotProducts(vectors.firstVectors, vectors.secondVectors, width);
  return { found, events: eventScores(cosines, (i, j) => own[i]!.has(second[j]!)) };
}

function figure(cosine: number): string {
  return cosine.toFixed(3);
}
