import { readFloats, readSafetensorsHeader } from '../../src/inference/checkpoint/safetensors.js';

/** Largest absolute difference of two equally long arrays; NaN where one of them holds a NaN. */
export function maxDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length)
    throw new Error(`maxDifference: ${actual.length} against ${expected.length} numbers`);
  let max = 0;
  for (let i = 0; i < actual.length; i += 1) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (!(difference <= max)) max = difference;
    if (Number.isNaN(max)) return max;
  }
  return max;
}

/** All tensors of a safetensors file as float32, by name. */
export async function readTensors(
  file: string,
): Promise<Record<string, { shape: readonly number[]; data: Float32Array }>> {
  const stored = await readSafetensorsHeader(file);
  return Object.fromEntries(
    await Promise.all(
      stored.map(async (tensor) => [tensor.name, { shape: tensor.shape, data: await readFloats(tensor) }]),
    ),
  );
}
