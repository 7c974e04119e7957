// hotlens detect POSTS.ndjson: replays a stream in event time, and prints what a detector would have said when.
import { once } from 'node:events';
import { type Command, Option } from 'commander';
import type { Arrival } from '../analytics/detection/replay.js';
import { readConfig } from '../config.js';
import { AppError } from '../errors.js';
import { duration } from './options.js';
import { printable } from './printable.js';
import { progressBar } from './progressBar.js';
import { readStreamPosts, type StreamRow } from './streamPosts.js';

interface DetectOptions {
  readonly embeddings?: string;
  readonly embed: 'caption' | 'caption+text';
  readonly model?: string;
  readonly window: number;
  readonly step: number;
  readonly json?: true;
}

const HOUR = 3_600_000;
/** Texts embedded at a time. */
const BATCH = 256;
/** Share of a text's words that a model has to know for its vector to be used. */
const KNOWN = 0.75;
/** Share of the texts that have to be known for vectors to be used at all. */
const MOST_KNOWN = 0.7;

export function addDetect(program: Command): void {
  program
    .command('detect')
    .description('replays a stream of posts, and tells its hotspots as they would have been found')
    .argument(
      '<posts>',
      'NDJSON rows: id, createdAt, author, text, caption, imageKey; receivedAt where a post came late',
    )
    .option(
      '--embeddings <file>',
      'a float32 matrix (.npy), a row a post, in their order (default: embeds the captions)',
    )
    .addOption(
      new Option('--embed <what>', 'what of a post is embedded; of one without a caption its text')
        .choices(['caption', 'caption+text'])
        .default('caption'),
    )
    .option('--model <dir>', 'the embedder (default: HOTLENS_EMBEDDER)')
    .option('--window <span>', 'how far back hotspots are looked for', duration, 24 * HOUR)
    .option('--step <span>', 'time between two looks', duration, HOUR / 4)
    .option('--json', 'rows of JSON: assign, hotspot and rank, in the order of time (they always are)')
    .action(detectCommand);
}

async function detectCommand(file: string, options: DetectOptions): Promise<void> {
  const { posts, rows } = await readStreamPosts(file, (line, reason) => {
    process.stderr.write(`${printable(file)}:${line}: ${printable(reason)}\n`);
    process.exitCode = 1;
  });
  const { vectors, dimension } =
    options.embeddings === undefined ? await embed(posts, options) : await readVectors(options.embeddings, posts, rows);
  const arrivals: Arrival[] = posts.map((post, i) => ({ ...post, vector: vectors[i]! }));
  const { replay } = await import('../analytics/detection/replay.js');
  const bar = progressBar('{percentage} % | {value}/{total} posts');
  bar?.start(arrivals.length, 0);
  const findings = replay(arrivals, {
    dimension,
    step: options.step,
    tuning: { window: options.window / HOUR },
    onProgress: (count) => bar?.update(count),
  });
  for await (const finding of findings) {
    const row = JSON.stringify({ ...finding, at: new Date(finding.at).toISOString() });
    if (!process.stdout.write(`${row}\n`)) await once(process.stdout, 'drain');
  }
  bar?.stop();
}

interface Vectors {
  readonly vectors: readonly (Float32Array | null)[];
  readonly dimension: number;
}

async function readVectors(file: string, posts: readonly StreamRow[], rows: number): Promise<Vectors> {
  const { readNpy } = await import('../npy.js');
  const matrix = await readNpy(file);
  if (matrix.rows !== rows)
    throw new AppError('BAD_USER_INPUT', `${file}: ${matrix.rows} vectors for ${rows} posts; expected one a post`);
  const { columns, values } = matrix;
  const vectors = posts.map(({ row, id }) => {
    const vector = values.subarray(row * columns, (row + 1) * columns);
    if (!vector.every(Number.isFinite))
      throw new AppError('BAD_USER_INPUT', `${file}: row ${row} (post ${JSON.stringify(id)}) is not of finite numbers`);
    return vector;
  });
  return { vectors, dimension: columns };
}

/** Embeds what posts say, in words that the model knows; other posts have no vector. */
async function embed(posts: readonly StreamRow[], { model, embed: what }: DetectOptions): Promise<Vectors> {
  const { inference } = readConfig();
  const { openEmbedder } = await import('../inference/embedding/embedder.js');
  const embedder = await openEmbedder(model ?? inference.embedderDir, {
    device: inference.device,
    threads: inference.threads,
  });
  const texts = posts.map(({ caption, text }) =>
    (what === 'caption' ? caption.trim() || text : `${caption} ${text}`).trim(),
  );
  const said = texts.filter((text) => text !== '');
  const known = said.filter((text) => embedder.knows(text) >= KNOWN);
  // Two kinds of vectors side by side, neither of which says much of the other, are worse than one.
  const used = known.length >= MOST_KNOWN * said.length;
  if (known.length < said.length) {
    const instead = used ? 'these are' : 'all are';
    process.stderr.write(
      `${printable(embedder.info.directory)} does not know the words of ${said.length - known.length} of ${said.length} posts: ${instead} compared by their words\n`,
    );
  }
  const different = used ? [...new Set(known)] : [];
  const vectorOf = new Map<string, Float32Array>();
  const bar = progressBar('{percentage} % | {value}/{total} texts embedded');
  bar?.start(different.length, 0);
  for (let from = 0; from < different.length; from += BATCH) {
    const batch = different.slice(from, from + BATCH);
    for (const [i, { vector }] of (await embedder.embedTexts(batch)).entries()) vectorOf.set(batch[i]!, vector);
    bar?.update(from + batch.length);
  }
  bar?.stop();
  await embedder.dispose();
  return { vectors: texts.map((text) => vectorOf.get(text) ?? null), dimension: embedder.info.dimension };
}
