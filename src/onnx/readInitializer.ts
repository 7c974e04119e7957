// The numbers of a weight, wherever it lies.
import type { Initializer } from './graph.js';
import { storedFloats } from './half.js';
import { onlyFewBits } from './onlyFewBits.js';
import { readBytes } from './readBytes.js';

/** A weight of float32, float16 or bfloat16 as float32. Throws AppError BAD_MODEL where it is stored in few bits only. */
export async function readInitializer({ value, data }: Initializer): Promise<Float32Array> {
  if (data === undefined) throw onlyFewBits(value.name);
  const floats = storedFloats(await readBytes(data), value.dtype);
  if (floats !== undefined) return floats;
  throw new Error(`readInitializer: expected numbers with a point, ${value.name} is of ${value.dtype}`);
}
