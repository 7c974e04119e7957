// Weights in fewer bits, told by what they stand for again.
import { describe, expect, it } from '@jest/globals';
import { type QuantizedBits, type QuantizedBlocks, quantizeBlocks } from '../../src/onnx/quantizeBlocks.js';
import { normals } from '../support/random.js';

const BLOCK = 8;

/** What the bits stand for, as onnxruntime reads them: (value - 2^(bits-1)) * scale, the lower half of a byte first. */
function restored({ values, scales }: QuantizedBlocks, columns: number, bits: QuantizedBits): number[] {
  const blocks = Math.ceil(columns / BLOCK);
  const steps = bits === 8 ? [...values] : [...values].flatMap((byte) => [byte & 15, byte >> 4]);
  return Array.from({ length: scales.length / blocks }, (_, row) =>
    Array.from({ length: columns }, (__, column) => {
      const place = row * blocks + Math.floor(column / BLOCK);
      return (steps[place * BLOCK + (column % BLOCK)]! - 2 ** (bits - 1)) * scales[place]!;
    }),
  ).flat();
}

const squaredError = (found: readonly number[], wanted: Float32Array) =>
  found.reduce((sum, value, i) => sum + (value - wanted[i]!) ** 2, 0);

describe.each([4, 8] as const)('quantizeBlocks to %i bits', (bits) => {
  it('keeps what is whole steps of a block, with the last block not full', () => {
    const half = 2 ** (bits - 1);
    // Each block has its own length of a step, and holds the least number that there is.
    const matrix = Float32Array.from({ length: 2 * 11 }, (_, i) => {
      const [row, column] = [Math.floor(i / 11), i % 11];
      const step = (row + 1) * (column < BLOCK ? 0.25 : 3);
      return step * (column % BLOCK === 0 ? -half : ((column * 5) % (2 * half)) - half);
    });
    expect(restored(quantizeBlocks(matrix, { columns: 11, bits, block: BLOCK }), 11, bits)).toEqual([...matrix]);
  });

  it('is nowhere further off than the length of a step, and in all not more than rounding to largest / 2^(bits-1) is', () => {
    const matrix = Float32Array.from({ length: 64 * 40 }, normals(1));
    const quantized = quantizeBlocks(matrix, { columns: 40, bits, block: BLOCK });
    const found = restored(quantized, 40, bits);
    found.forEach((value, i) => {
      expect(Math.abs(value - matrix[i]!)).toBeLessThanOrEqual(Math.abs(quantized.scales[Math.floor(i / BLOCK)]!));
    });
    const plain = Array.from(matrix, (value, i) => {
      const from = i - (i % BLOCK);
      const stretch = matrix.subarray(from, from + BLOCK);
      const largest = stretch.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0);
      const scale = Math.fround(largest / -(2 ** (bits - 1)));
      return Math.max(-(2 ** (bits - 1)), Math.min(2 ** (bits - 1) - 1, Math.round(value / scale))) * scale;
    });
    expect(squaredError(found, matrix)).toBeLessThanOrEqual(squaredError(plain, matrix));
  });

  it('makes zeros of zeros', () => {
    const found = restored(quantizeBlocks(new Float32Array(16), { columns: 16, bits, block: BLOCK }), 16, bits);
    expect(found.every((value) => value === 0)).toBe(true);
  });
});
