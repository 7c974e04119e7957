// hotlens opinion FILE.ndjson: what each post says of its author's feeling.
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import type { Opinion } from '../analytics/opinion/opinion.js';
import { readConfig } from '../config.js';
import { AppError, whyUnreadable } from '../errors.js';
import { ndjsonRows } from '../ingest/ndjsonRows.js';
import { printable } from './printable.js';

interface OpinionOptions {
  readonly model?: string;
  readonly json?: true;
}

/** Rows scored at a time. */
const BATCH = 64;

export function addOpinion(program: Command): void {
  program
    .command('opinion')
    .description('scores the opinion of posts: -1 to 1 and a class; of languages that it can’t read: unknown')
    .argument('<posts>', 'NDJSON rows with id and text')
    .option('--model <dir>', 'a Hugging Face text classifier (BERT or RoBERTa family) instead of the lexicon')
    .option('--json', 'rows of JSON: id, score, class')
    .action(opinionCommand);
}

async function opinionCommand(file: string, { model, json }: OpinionOptions): Promise<void> {
  const reader = await openReader(model);
  let batch: { id: string | number; text: string }[] = [];
  const flush = async () => {
    const opinions = await reader.read(batch.map(({ text }) => text));
    const lines = batch.map(({ id }, i) => {
      const { score, class: name } = opinions[i]!;
      // Digits that say nothing are not printed.
      const rounded = score === null ? null : Math.round(score * 1e6) / 1e6 || 0;
      return json
        ? JSON.stringify({ id, score: rounded, class: name })
        : `${printable(String(id))}\t${rounded === null ? '-' : rounded.toFixed(3)}\t${name}`;
    });
    batch = [];
    if (lines.length > 0 && !process.stdout.write(`${lines.join('\n')}\n`)) await once(process.stdout, 'drain');
  };
  try {
    for await (const row of ndjsonRows(createReadStream(file))) {
      const post = 'error' in row ? row.error : readRow(row.value);
      if (typeof post === 'string') {
        process.stderr.write(`${printable(file)}:${row.place}: ${printable(post)}\n`);
        process.exitCode = 1;
        continue;
      }
      batch.push(post);
      if (batch.length === BATCH) await flush();
    }
    await flush();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('BAD_USER_INPUT', `${file} cannot be read: ${whyUnreadable(cause)}`, { cause });
  } finally {
    await reader.dispose();
  }
}

interface Reader {
  read(texts: readonly string[]): Promise<Opinion[]>;
  dispose(): Promise<void>;
}

async function openReader(model: string | undefined): Promise<Reader> {
  if (model === undefined) {
    const { opinionOf } = await import('../analytics/opinion/opinion.js');
    return { read: async (texts) => texts.map(opinionOf), dispose: async () => undefined };
  }
  const { openClassifier } = await import('../inference/classification/classifier.js');
  const { inference } = readConfig();
  const classifier = await openClassifier(model, { device: inference.device, threads: inference.threads });
  return { read: (texts) => classifier.opinionsOf(texts), dispose: () => classifier.dispose() };
}

function readRow(value: unknown): { id: string | number; text: string } | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'expected an object';
  const { id, text } = value as Record<string, unknown>;
  if ((typeof id !== 'string' || id === '') && typeof id !== 'number') return 'has no id';
  if (text !== undefined && text !== null && typeof text !== 'string') return 'text: expected a string';
  return { id, text: text ?? '' };
}
