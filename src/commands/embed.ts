// hotlens embed FILE.ndjson: texts -> vectors, as a float32 matrix or as rows.

import { once } from 'node:events';
import { constants, createReadStream, ReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { readConfig } from '../config.js';
import { AppError, whyUnreadable } from '../errors.js';
import { openNpyWriter } from '../inference/embedding/npy.js';
import { printable } from './printable.js';

interface Row {
  readonly id: unknown;
  readonly text: string;
}

const BATCH = 256;

export function addEmbed(program: Command): void {
  program
    .command('embed')
    .description('embeds the texts of a file')
    .argument('<file>', "NDJSON rows with id and text (or caption); '-' reads standard input")
    .option('--model <dir>', 'a sentence encoder or BLIP-2 retrieval directory (default: HOTLENS_EMBEDDER)')
    .option('--out <file>', 'write a float32 matrix (.npy), a row a text, in their order')
    .option('--json', 'print id, embedding as NDJSON rows')
    .action(embedCommand);
}

async function embedCommand(file: string, options: { model?: string; out?: string; json?: boolean }): Promise<void> {
  if (options.out === undefined && options.json !== true) {
    throw new AppError('CONFIG', 'embed: say where the vectors go: --out FILE.npy, --json, or both');
  }
  await checkFiles(file, options.out);
  const { inference } = readConfig();
  const { openEmbedder } = await import('../inference/embedding/embedder.js');
  const embedder = await openEmbedder(options.model ?? inference.embedderDir, {
    device: inference.device,
    threads: inference.threads,
  });
  const matrix = options.out === undefined ? undefined : await openNpyWriter(options.out, embedder.info.dimension);
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: '{bar} {percentage} % | {texts} texts | {eta_formatted} left', stream: process.stderr })
    : undefined;
  const input = file === '-' ? process.stdin : createReadStream(file);
  bar?.start(file === '-' ? 0 : (await stat(file)).size, 0, { texts: 0 });
  let texts = 0;
  for await (const rows of batches(readRows(file, input))) {
    const results = await embedder.embedTexts(rows.map(({ text }) => text));
    for (const [i, { vector }] of results.entries()) {
      await matrix?.write(vector);
      if (options.json === true) await print({ id: rows[i]!.id, embedding: [...vector] });
    }
    texts += rows.length;
    bar?.update(input instanceof ReadStream ? input.bytesRead : 0, { texts });
  }
  bar?.stop();
  await matrix?.close();
  await embedder.dispose();
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
    const row = parseRow(line.replace(/^\uFEFF/, ''));
    if (typeof row !== 'string') yield row;
    else {
      process.stderr.write(`${printable(file)}:${number}: ${row}\n`);
      process.exitCode = 1;
    }
  }
}

function parseRow(line: string): Row | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'is not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'expected an object with id and text';
  const { id, text, caption } = value as Record<string, unknown>;
  const words = text ?? caption;
  return typeof words === 'string' ? { id: id ?? null, text: words } : 'has no text (nor caption)';
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
