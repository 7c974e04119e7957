// hotlens embed FILE.ndjson: texts and pictures -> vectors, as a float32 matrix or as rows.

import { once } from 'node:events';
import { constants, createReadStream, ReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import { readConfig } from '../config.js';
import { AppError, whyUnreadable } from '../errors.js';
import type { Embedder } from '../inference/embedding/embedder.js';
import { openNpyWriter } from '../npy.js';
import { printable } from './printable.js';
import { progressBar } from './progressBar.js';

/** A line that can be embedded: its words, or a picture's file. */
type Row = { readonly id: unknown; readonly line: number } & ({ readonly text: string } | { readonly image: string });

const BATCH = 256;

export function addEmbed(program: Command): void {
  program
    .command('embed')
    .description('embeds the texts and pictures of a file')
    .argument(
      '<file>',
      "NDJSON rows with id and text (or caption), or else image: a picture's file, seen from this one; '-': standard input",
    )
    .option('--model <dir>', 'a sentence encoder or BLIP-2 retrieval directory (default: HOTLENS_EMBEDDER)')
    .option('--out <file>', 'write a float32 matrix (.npy), a row a vector, in their order')
    .option('--json', 'print id, embedding as NDJSON rows')
    .action(embedCommand);
}

async function embedCommand(file: string, options: { model?: string; out?: string; json?: boolean }): Promise<void> {
  if (options.out === undefined && options.json !== true) {
    throw new AppError('CONFIG', 'embed: say where the vectors go: --out FILE.npy, --json, or both');
  }
  await checkFiles(file, options.out);
  const { inference, media } = readConfig();
  const { openEmbedder } = await import('../inference/embedding/embedder.js');
  const embedder = await openEmbedder(options.model ?? inference.embedderDir, {
    device: inference.device,
    threads: inference.threads,
    imageLimits: { maxPixels: media.maxPixels },
  });
  const matrix = options.out === undefined ? undefined : await openNpyWriter(options.out, embedder.info.dimension);
  const bar = progressBar('{percentage} % | {rows} rows');
  const input = file === '-' ? process.stdin : createReadStream(file);
  bar?.start(file === '-' ? 0 : (await stat(file)).size, 0, { rows: 0 });
  let count = 0;
  for await (const rows of batches(readRows(file, input))) {
    for (const { id, vector } of await embedRows(embedder, rows, file)) {
      await matrix?.write(vector);
      if (options.json === true) await print({ id, embedding: [...vector] });
    }
    count += rows.length;
    bar?.update(input instanceof ReadStream ? input.bytesRead : 0, { rows: count });
  }
  bar?.stop();
  await matrix?.close();
  await embedder.dispose();
}

/** Vectors of the rows that have one, in their order: a picture that cannot be read is refused by itself. */
async function embedRows(
  embedder: Embedder,
  rows: readonly Row[],
  file: string,
): Promise<{ id: unknown; vector: Float32Array }[]> {
  const texts = rows.flatMap((row) => ('text' in row ? [row.text] : []));
  const textVectors = (await embedder.embedTexts(texts)).values();
  const found: { id: unknown; vector: Float32Array }[] = [];
  for (const row of rows) {
    if ('text' in row) {
      found.push({ id: row.id, vector: textVectors.next().value!.vector });
      continue;
    }
    try {
      const picture = path.resolve(file === '-' ? '.' : path.dirname(file), row.image);
      found.push({ id: row.id, vector: (await embedder.embedImage({ path: picture })).vector });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refuse(file, row.line, error.message);
    }
  }
  return found;
}

function refuse(file: string, line: number, reason: string): void {
  process.stderr.write(`${printable(file)}:${line}: ${printable(reason)}\n`);
  process.exitCode = 1;
}

/** One line; waits for a reader that is slower than the model. */
async function print(row: unknown): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(row)}\n`)) await once(process.stdout, 'drain');
}

/** Learns now, and not after an hour of embedding, that a file cannot be read or written. */
async function checkFiles(file: string, out: string | undefined): Promise<void> {
  if (file !== '-') {
    try {
      // Not opened: a pipe can be opened only once.
      await access(file, constants.R_OK);
      if ((await stat(file)).isDirectory()) throw new Error('a folder, not a file');
    } catch (cause) {
      throw new AppError('BAD_USER_INPUT', `${file} cannot be read: ${whyUnreadable(cause)}`, { cause });
    }
  }
  if (out === undefined) return;
  await access(path.dirname(out), constants.W_OK).catch((cause) => {
    throw new AppError('BAD_USER_INPUT', `${out} cannot be written: its folder is missing or not writable`, { cause });
  });
}

/** The usable rows; each of the others is refused by itself with its line, and makes the exit status 1. */
async function* readRows(file: string, input: Readable): AsyncGenerator<Row> {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const row = parseRow(line.replace(/^\uFEFF/, ''), number);
    if (typeof row !== 'string') yield row;
    else refuse(file, number, row);
  }
}

function parseRow(line: string, number: number): Row | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'is not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'expected an object with id and text';
  const { id = null, text, caption, image } = value as Record<string, unknown>;
  const words = text ?? caption;
  if (typeof words === 'string') return { id, line: number, text: words };
  return typeof image === 'string' ? { id, line: number, image } : 'has no text, caption or image';
}

async function* batches(rows: AsyncIterable<Row>): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
