// The numbers of a weight, wherever it lies.
import { open } from 'node:fs/promises';
import type { Initializer } from './graph.js';
import { halfToNumber } from './half.js';

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
  if (value.dtype === 'float32') return new Float32Array(bytes.buffer);
  const halves = new Uint16Array(bytes.buffer);
  if (value.dtype === 'bfloat16') return new Float32Array(Uint32Array.from(halves, (bits) => bits << 16).buffer);
  if (value.dtype === 'float16') return Float32Array.from(halves, halfToNumber);
  throw new Error(`readInitializer: expected numbers with a point, ${value.name} is of ${value.dtype}`);
}
