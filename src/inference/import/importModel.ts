// Brings a checkpoint into a folder of its own, with weights of few bits where asked: piece by piece, so that a model of any size needs little memory.
// What is done is noted piece by piece too: an import that was killed goes on where it was. config.json is written last, so that a folder
// that has one is whole.
import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { AppError } from '../../errors.js';
import { freeBytes } from '../../freeBytes.js';
import { inWords } from '../../inWords.js';
import { startThread, type Thread } from '../../threads/thread.js';
import { type Checkpoint, readCheckpoint } from '../captioner.js';
import { countNumbers } from '../checkpoint/storedFewBits.js';
import { exists } from '../checkpoint/weights.js';
import { quantizationConfig } from '../quantization.js';
import type { Quantization } from '../quantizations.js';
import { type ImportPlan, planImport } from './importPlan.js';

export interface ImportOptions {
  readonly source: string;
  readonly out: string;
  readonly quantize?: Quantization | undefined;
  /** 0: one per core. */
  readonly threads?: number | undefined;
  /** Ends the import after the pieces that are under way; the next one goes on from there. */
  readonly signal?: AbortSignal | undefined;
  /** Told of the bytes that are written, of all. */
  readonly onProgress?: ((written: number, bytes: number) => void) | undefined;
}

export interface ImportedModel {
  readonly bytes: number;
  readonly parameters: number;
  /** Bytes that an earlier import had written. */
  readonly resumedAt: number;
  /** false: the signal came before the end. */
  readonly whole: boolean;
}

const JOURNAL = 'import.journal';
const WEIGHTS = /\.(safetensors|bin|pt|pth|h5|msgpack)(\.index\.json)?$/;

/**
 * Imports a captioner's directory. Throws AppError BAD_MODEL where the source is not whole, is quantized already or is no captioner, CONFIG where `out` holds
 * something else or the disk has too little room.
 */
export async function importModel(options: ImportOptions): Promise<ImportedModel> {
  const { source, out, quantize, signal } = options;
  const checkpoint = await readCheckpoint(source);
  if (checkpoint.quantization !== undefined) {
    throw new AppError(
      'BAD_MODEL',
      `${source} holds ${checkpoint.quantization} weights: give the checkpoint that it was imported from`,
    );
  }
  const { config } = checkpoint;
  if (config.text === null) {
    throw new AppError(
      'BAD_MODEL',
      `${source}: ${config.architecture} has no language model: only captioners can be imported`,
    );
  }
  const plan = planImport(checkpoint, out, quantize);
  const identity = await identityOf(checkpoint, quantize);
  await mkdir(out, { recursive: true });
  const done = await readJournal(out, identity);
  let written = sum(plan, (i) => done.has(i));
  const resumedAt = written;
  await checkRoom(out, plan.bytes - written);

  const rest = [...plan.pieces.keys()].filter((i) => !done.has(i));
  const journal = await open(path.join(out, JOURNAL), 'a');
  const threads: Thread[] = [];
  try {
    if (done.size === 0) {
      await journal.truncate(0);
      await journal.appendFile(`${identity}\n`);
    }
    await createFiles(plan, out, { anew: done.size === 0 });
    options.onProgress?.(written, plan.bytes);
    const work = async (thread: Thread) => {
      for (let i = rest.shift(); i !== undefined && signal?.aborted !== true; i = rest.shift()) {
        const { piece, writes } = plan.pieces[i]!;
        await thread.ask(piece);
        await journal.appendFile(`${i}\n`);
        written += writes;
        options.onProgress?.(written, plan.bytes);
      }
    };
    const count = Math.min(rest.length, options.threads || availableParallelism());
    for (let i = 0; i < count; i += 1) threads.push(await startThread('./importWorker.js', import.meta.url, undefined));
    await Promise.all(threads.map(work));
    await journal.datasync();
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
    await journal.close();
  }
  const whole = rest.length === 0 && signal?.aborted !== true;
  if (whole) await finish(plan, checkpoint, options);
  return { bytes: plan.bytes, parameters: countNumbers(checkpoint.base.tensors), resumedAt, whole };
}

/** What an import is of: another source, or another kind of weights, does not go on from what one has written. */
async function identityOf({ base }: Checkpoint, quantize: Quantization | undefined): Promise<string> {
  const files = [...new Set([...base.tensors.values()].map(({ file }) => file))].sort();
  const stats = await Promise.all(files.map((file) => stat(file)));
  const known = files.map((file, i) => [path.basename(file), stats[i]!.size, stats[i]!.mtimeMs]);
  return createHash('sha256')
    .update(JSON.stringify([1, quantize ?? null, known]))
    .digest('hex');
}

/** The pieces that are done. Throws AppError CONFIG where the folder holds anything but this import. */
async function readJournal(out: string, identity: string): Promise<Set<number>> {
  const file = path.join(out, JOURNAL);
  if (!(await exists(file))) {
    if ((await readdir(out)).length === 0) return new Set();
    throw new AppError('CONFIG', `${out} is not empty: an import needs a folder of its own`);
  }
  // A line that a kill cut short has no end: it does not count.
  const [first, ...lines] = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  if (first !== undefined && first !== identity) {
    throw new AppError('CONFIG', `${out} holds the beginning of another import: delete it, or give another folder`);
  }
  return new Set(lines.filter((line) => /^\d+$/.test(line)).map(Number));
}

function sum(plan: ImportPlan, counts: (i: number) => boolean): number {
  return plan.pieces.reduce((total, { writes }, i) => (counts(i) ? total + writes : total), 0);
}

/** Throws AppError CONFIG where the disk of a folder has no room for so many bytes. */
export async function checkRoom(out: string, needed: number): Promise<void> {
  const free = await freeBytes(out);
  if (needed <= free) return;
  throw new AppError('CONFIG', `${out}: the import needs ${inWords(needed)} more, the disk has ${inWords(free)} free`, {
    kind: 'DISK',
  });
}

/** The files in their full length, with holes where tensors will be. */
async function createFiles({ files }: ImportPlan, out: string, { anew }: { anew: boolean }): Promise<void> {
  for (const { name, head, bytes } of files) {
    const handle = await open(path.join(out, name), anew ? 'w' : 'r+');
    try {
      await handle.write(head, 0, head.length, 0);
      await handle.truncate(bytes);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  }
}

/** All that is not weights: as it is, but for what config.json says of them. */
async function finish(plan: ImportPlan, checkpoint: Checkpoint, { source, out, quantize }: ImportOptions) {
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const from = path.join(source, entry.name);
    // A hub cache holds links.
    if (!(await stat(from)).isFile() || WEIGHTS.test(entry.name) || entry.name === 'config.json') continue;
    await copyFile(from, path.join(out, entry.name));
  }
  if (checkpoint.adapter !== undefined)
    await cp(path.join(source, 'ecma'), path.join(out, 'ecma'), { recursive: true, dereference: true });
  const weightMap = Object.fromEntries(plan.files.flatMap(({ name, tensors }) => tensors.map((each) => [each, name])));
  const total = plan.files.reduce((all, { head, bytes }) => all + bytes - head.length, 0);
  const index = { metadata: { total_size: total }, weight_map: weightMap };
  const config = {
    ...checkpoint.configJson,
    ...(quantize === undefined ? {} : { quantization_config: quantizationConfig(quantize) }),
  };
  await writeJson(path.join(out, 'model.safetensors.index.json'), index);
  await writeJson(path.join(out, 'config.json'), config);
  await rm(path.join(out, JOURNAL));
}

async function writeJson(file: string, content: unknown): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`);
  await rename(`${file}.new`, file);
}
