// hotlens embed FILE.ndjson: texts -> vectors, as a float32 matrix or as rows.

import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { readConfig } from '../config.js';
import { AppError } from '../errors.js';
import { encodeNpy } from '../inference/embedding/npy.js';

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
  const { inference } = readConfig();
  const { openEmbedder } = await import('../inference/embedding/embedder.js');
  const embedder = await openEmbedder(options.model ?? inference.embedderDir, {
    device: inference.device,
    threads: inference.threads,
  });
  const matrix: Float32Array[] = [];
  for await (const rows of batches(readRows(file))) {
    const results = await embedder.embedTexts(rows.map(({ text }) => text));
    results.forEach(({ vector }, i) => {
      if (options.out !== undefined) matrix.push(vector);
      if (options.json === true)
        process.stdout.write(`${JSON.stringify({ id: rows[i]!.id, embedding: [...vector] })}\n`);
    });
  }
  if (options.out !== undefined) await writeFile(options.out, encodeNpy(matrix, embedder.info.dimension));
  await embedder.dispose();
}

/** The usable rows; each of the others is refused by itself with its line, and makes the exit status 1. */
async function* readRows(file: string): AsyncGenerator<Row> {
  const lines = createInterface({
    input: file === '-' ? process.stdin : createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const row = parseRow(line.replace(/^\uFEFF/, ''));
    if (typeof row !== 'string') yield row;
    else {
      process.stderr.write(`${file}:${number}: ${row}\n`);
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
