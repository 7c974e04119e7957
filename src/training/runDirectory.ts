// The directory of a run: checkpoints while it runs; a whole model, the log and run.json when it is done.
import { access, constants, mkdir, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, whyUnreadable } from '../errors.js';
import { exists } from '../inference/checkpoint/weights.js';
import { removeCheckpoints } from './trainLoop.js';

export interface Run {
  readonly out: string;
  /** Directory of the model that the run reads. */
  readonly model?: string;
  /** Everything that makes this run what it is. */
  readonly identity: string;
  /** Whether what an interrupted run without checkpoints left may be written again. */
  readonly redo?: boolean;
}

/**
 * Does what `train` does, once: it writes the run's model, and its result is kept in run.json. Where that is there already, the result
 * is read and nothing is done (`already`). A kill leaves either checkpoints, from which `train` goes on, or run.json.
 * Throws AppError CONFIG where `out` cannot be written, is the model's own directory, or holds another run or another model.
 */
export async function once<T extends object>(run: Run, train: () => Promise<T>): Promise<T & { already: boolean }> {
  const { out, model, identity } = run;
  await makeDirectory(out);
  if (model !== undefined && (await realpath(out)) === (await realpath(model).catch(() => ''))) {
    throw new AppError('CONFIG', `${out} is the model that is trained from; choose another --out`);
  }
  const record = path.join(out, 'run.json');
  const found = await readRecord<T>(record);
  if (found !== undefined && found.identity !== identity) {
    throw new AppError('CONFIG', `${out} holds a finished run with other settings; choose another --out`);
  }
  if (found === undefined && run.redo !== true && (await holdsOtherModel(out))) {
    throw new AppError('CONFIG', `${out} holds a model that no run recorded there; choose another --out`);
  }
  const result = found?.result ?? (await train());
  if (found === undefined) {
    await writeFile(`${record}.new`, `${JSON.stringify({ identity, result }, null, 2)}\n`);
    await rename(`${record}.new`, record);
  }
  await removeCheckpoints(out);
  return { ...result, already: found !== undefined };
}

/** Makes a directory to write into. Throws AppError CONFIG saying why it cannot be. */
export async function makeDirectory(out: string): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
    await access(out, constants.W_OK);
  } catch (error) {
    throw new AppError('CONFIG', `${out}: cannot be written: ${whyUnreadable(error)}`, { cause: error });
  }
}

/** Weights that are there before a run's first checkpoint are not this run's. */
async function holdsOtherModel(out: string): Promise<boolean> {
  const there = await Promise.all(
    ['model.safetensors', 'model.safetensors.index.json', 'checkpoint.bin'].map((name) => exists(path.join(out, name))),
  );
  return (there[0] || there[1]) === true && there[2] === false;
}

async function readRecord<T>(file: string): Promise<{ identity: string; result: T } | undefined> {
  if (!(await exists(file))) return undefined;
  try {
    return JSON.parse(await readFile(file, 'utf8')) as { identity: string; result: T };
  } catch (cause) {
    throw new AppError('BAD_MODEL', `${file} is not the record of a run; delete it with its folder`, { cause });
  }
}
