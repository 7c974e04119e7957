// What a run needs to go on bit for bit: written beside and renamed, so that a kill at any moment leaves a whole one.
import { createHash } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { AppError } from '../errors.js';
import { exists } from '../inference/checkpoint/weights.js';

export interface Checkpoint {
  /** Steps done. */
  readonly step: number;
  /** What the run was started with; another run does not go on from here. */
  readonly identity: string;
  /** Bytes of the log that belong to these steps. */
  readonly logBytes: number;
  /** Anything else that the run remembers, such as the best score. */
  readonly memory: Readonly<Record<string, unknown>>;
  readonly arrays: readonly Float32Array[];
}

/** Writes a checkpoint so that `file` is always either the old or the new one. */
export async function writeCheckpoint(file: string, checkpoint: Checkpoint): Promise<void> {
  const { arrays, ...head } = checkpoint;
  const bodies = arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength));
  const hash = createHash('sha256');
  for (const body of bodies) hash.update(body);
  const header = `${JSON.stringify({ ...head, lengths: arrays.map(({ length }) => length), sha256: hash.digest('hex') })}\n`;
  const handle = await open(`${file}.new`, 'w');
  try {
    for (const part of [Buffer.from(header), ...bodies]) await handle.writeFile(part);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}

/** Reads a checkpoint; undefined where there is none. Throws AppError BAD_MODEL where it is not whole. */
export async function readCheckpoint(file: string): Promise<Checkpoint | undefined> {
  if (!(await exists(file))) return undefined;
  const bytes = await readFile(file);
  const end = bytes.indexOf(0x0a);
  const bad = () => new AppError('BAD_MODEL', `${file} is no checkpoint, or not a whole one`);
  let header: Omit<Checkpoint, 'arrays'> & { lengths: number[]; sha256: string };
  try {
    header = JSON.parse(bytes.subarray(0, end).toString('utf8')) as typeof header;
  } catch {
    throw bad();
  }
  const { lengths, sha256, ...head } = header;
  const body = bytes.subarray(end + 1);
  if (createHash('sha256').update(body).digest('hex') !== sha256) throw bad();
  let offset = 0;
  const arrays = lengths.map((length) => {
    const array = new Float32Array(length);
    Buffer.from(array.buffer).set(body.subarray(offset, offset + 4 * length));
    offset += 4 * length;
    return array;
  });
  return { ...head, arrays };
}
