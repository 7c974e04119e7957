// The numbers of a weight, wherever it lies.
import { open } from 'node:fs/promises';
import type { FileSlice, Initializer } from './graph.js';
import { storedFloats } from './half.js';
import { onlyBlocks } from './onlyBlocks.js';

/** A weight of float32, float16 or bfloat16 as float32. Throws AppError BAD_MODEL where only blocks of few bits are stored. */
export async function readInitializer({ value, data }: Initializer): Promise<Float32Array> {
  if (data === undefined) throw onlyBlocks(value.name);
  const floats = storedFloats(await readBytes(data), value.dtype);
  if (floats !== undefined) return floats;
  throw new Error(`readInitializer: expected numbers with a point, ${value.name} is of ${value.dtype}`);
}

/** The bytes of a weight, as a copy. */
export async function readBytes(data: FileSlice | Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  if (data instanceof Uint8Array) return data.slice();
  const bytes = new Uint8Array(data.length);
  const handle = await open(data.file, 'r');
  try {
    await handle.read(bytes, 0, data.length, data.offset);
  } finally {
    await handle.close();
  }
  return bytes;
}
