// hotlens eval hotspots TRUTH POSTS RESULT: how good a detector's hotspots are.
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { AppError, messageOf, whyUnreadable } from '../errors.js';
import type { EventFigures, HotspotFigures } from '../evaluation/hotspots/scoreHotspots.js';
import { ndjsonRows } from '../ingest/ndjsonRows.js';
import { evaluationCommand } from './evaluationCommand.js';

export function addEvalHotspots(program: Command): void {
  evaluationCommand(program)
    .command('hotspots')
    .description('scores what a detector said of a stream with planted events')
    .argument('<truth>', 'JSON: events, their relations, traps (see docs/hotspots.md)')
    .argument('<posts>', 'NDJSON: the stream; id, createdAt, author')
    .argument('<result>', 'NDJSON as `hotlens detect` prints it: assign, hotspot and rank')
    .option('--json', 'one object: every figure')
    .action(evalHotspots);
}

async function evalHotspots(
  truthFile: string,
  postsFile: string,
  resultFile: string,
  { json }: { json?: true },
): Promise<void> {
  const { readTruth } = await import('../evaluation/hotspots/truth.js');
  const { scoreHotspots } = await import('../evaluation/hotspots/scoreHotspots.js');
  const truth = await from(truthFile, async () =>
    readTruth(JSON.parse(await readFile(truthFile, 'utf8')), await rowsOf(postsFile)),
  );
  const { figures, events } = await from(resultFile, async () => scoreHotspots(truth, await rowsOf(resultFile)));
  process.stdout.write(json ? `${JSON.stringify(figures)}\n` : table(figures, events));
}

async function rowsOf(file: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  try {
    for await (const row of ndjsonRows(createReadStream(file))) {
      if ('error' in row) throw new AppError('BAD_USER_INPUT', `${file}:${row.place}: ${row.error}`);
      rows.push(row.value);
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('BAD_USER_INPUT', `${file} cannot be read: ${whyUnreadable(cause)}`, { cause });
  }
  return rows;
}

/** Errors say which file they are of. */
async function from<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof SyntaxError)
      throw new AppError('BAD_USER_INPUT', `${file}: not JSON: ${messageOf(cause)}`, { cause });
    if (!(cause instanceof AppError))
      throw new AppError('BAD_USER_INPUT', `${file} cannot be read: ${whyUnreadable(cause)}`, { cause });
    throw cause.message.includes(file) || cause.message.includes(' cannot be read')
      ? cause
      : new AppError('BAD_USER_INPUT', `${file}: ${cause.message}`, { cause });
  }
}

function table(figures: HotspotFigures, events: readonly EventFigures[]): string {
  const line = (cells: readonly (string | number)[]) =>
    `${String(cells[0]).padEnd(6)} ${String(cells[1]).padEnd(11)} ${cells
      .slice(2)
      .map((cell, i) => String(cell).padStart([5, 11, 9][i]!))
      .join(' ')}\n`;
  const rows = events.map(({ id, kind, posts, latency, stability }) =>
    line([id, kind, posts, latency ?? '-', stability === null ? '-' : stability.toFixed(2)]),
  );
  const named = Object.entries(figures).map(
    ([name, value]) => `${name.padEnd(24)} ${Array.isArray(value) ? value.join(', ') || '-' : (value ?? '-')}\n`,
  );
  return [line(['event', 'kind', 'posts', 'latency min', 'stability']), ...rows, ...named].join('');
}
