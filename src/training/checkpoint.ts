// What a run needs to go on bit for bit: written beside and renamed, so that a kill at any moment leaves a whole one.
import { createHash } from 'node:crypto';
import { type FileHandle, open, rename } from 'node:fs/promises';
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
  const bad = () =>
    new AppError('BAD_MODEL', `${file} is no checkpoint, or not a whole one: delete it to start the run anew`);
  // In pieces: a large model's is larger than the 2 GiB that readFile takes.
  const handle = await open(file, 'r');
  try {
    const { header, end } = await readHeader(handle);
    if (header === undefined) throw bad();
    const { lengths, sha256, ...head } = header;
    const { size } = await handle.stat();
    if (size !== end + 4 * lengths.reduce((a, b) => a + b, 0)) throw bad();
    const hash = createHash('sha256');
    const arrays = lengths.map((length) => new Float32Array(length));
    let at = end;
    for (const array of arrays) {
      const bytes = new Uint8Array(array.buffer);
      for (let start = 0; start < bytes.length; start += PIECE) {
        const piece = bytes.subarray(start, start + PIECE);
        await handle.read(piece, 0, piece.length, at);
        hash.update(piece);
        at += piece.length;
      }
    }
    if (hash.digest('hex') !== sha256) throw bad();
    return { ...head, arrays };
  } finally {
    await handle.close();
  }
}

const PIECE = 1 << 24;
/** Bytes in which the first line must end. */
const HEADER_BYTES = 1 << 20;

type Header = Omit<Checkpoint, 'arrays'> & { readonly lengths: readonly number[]; readonly sha256: string };

/** The first line, and where the arrays begin; undefined where it is no header. */
async function readHeader(handle: FileHandle): Promise<{ header: Header | undefined; end: number }> {
  const bytes = Buffer.alloc(HEADER_BYTES);
  const { bytesRead } = await handle.read(bytes, 0, HEADER_BYTES, 0);
  const end = bytes.subarray(0, bytesRead).indexOf(0x0a);
  try {
    const header = JSON.parse(bytes.subarray(0, Math.max(0, end)).toString('utf8')) as Header | null;
    const whole = Array.isArray(header?.lengths) && header.lengths.every((length) => Number.isSafeInteger(length));
    return { header: whole ? header : undefined, end: end + 1 };
  } catch {
    return { header: undefined, end: 0 };
  }
}
