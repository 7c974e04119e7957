// The numbers of a weight, wherever it lies.
import { open } from 'node:fs/promises';
import type { Initializer } from './graph.js';
import { storedFloats } from './half.js';

/** A weight of float32, float16 or bfloat16 as float32. */
export async function readInitializer({ value, data }: Initializer): Promise<Float32Array> {
  const bytes = data instanceof Uint8Array ? data.slice() : new Uint8Array(data.length);
  if (!(data instanceof Uint8Array)) {
    const handle = await open(data.file, 'r');
    try {
      await handle.read(bytes, 0, data.length, data.offset);
    } finally {
      await handle.close();
    }
  }
  const floats = storedFloats(bytes, value.dtype);
  if (floats !== undefined) return floats;
  throw new Error(`readInitializer: expected numbers with a point, ${value.name} is of ${value.dtype}`);
}
