// A weight matrix in 4 or 8 bits: each stretch of a row by whole steps of its own length.
//
// Rounded to steps of largest/d for several d, of which that is kept whose squared error is the least: with 15 steps what lies far out is worth
// less than what is near to most. The largest, with its sign, gets the step that one side has more (-8 of -8..7).
// Sources: onnxruntime's MatMulNBits (layout); llama.cpp's Q4_0 (the signed largest).

/** Numbers that share a scale: onnxruntime's kernels are made for these. */
export const BLOCK = 32;
export type QuantizedBits = 4 | 8;

export interface QuantizedBlocks {
  /** [rows, blocks, bytes of a block]; of 4 bits two to a byte, the first in the lower half. Zero stands for 2^(bits - 1). */
  readonly values: Uint8Array;
  /** [rows, blocks] */
  readonly scales: Float32Array;
}

/** Lengths of a step that are tried, as the largest number's count of steps. */
const LARGEST_AT: Readonly<Record<QuantizedBits, readonly number[]>> = {
  4: [-8, -7.6, -7.2, -6.8, -6.4, 7],
  8: [-128, 127],
};

/** Quantizes a matrix [rows, columns] by blocks of `block` columns, the last one filled up with zeros. */
export function quantizeBlocks(
  matrix: Float32Array,
  options: { readonly columns: number; readonly bits: QuantizedBits; readonly block?: number },
): QuantizedBlocks {
  const { columns, bits, block = BLOCK } = options;
  const rows = matrix.length / columns;
  const blocks = Math.ceil(columns / block);
  const bytes = (block * bits) / 8;
  const values = new Uint8Array(rows * blocks * bytes);
  const scales = new Float32Array(rows * blocks);
  const steps = new Int32Array(block);
  for (let row = 0; row < rows; row += 1) {
    for (let i = 0; i < blocks; i += 1) {
      const from = row * columns + i * block;
      const stretch = matrix.subarray(from, Math.min(from + block, (row + 1) * columns));
      const place = row * blocks + i;
      scales[place] = bestScale(stretch, bits);
      steps.fill(0);
      round(stretch, scales[place]!, bits, steps);
      pack(steps, bits, values.subarray(place * bytes, (place + 1) * bytes));
    }
  }
  return { values, scales };
}

function bestScale(stretch: Float32Array, bits: QuantizedBits): number {
  let largest = 0;
  for (let i = 0; i < stretch.length; i += 1) {
    const value = stretch[i]!;
    if (value * value > largest * largest) largest = value;
  }
  if (largest === 0) return 0;
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (const at of LARGEST_AT[bits]) {
    const scale = Math.fround(largest / at);
    const error = round(stretch, scale, bits);
    if (error < least) [best, least] = [scale, error];
  }
  return best;
}

/** Of a module's own: a look into the global scope at each number takes longer than the rest. */
const { floor } = Math;

/** Numbers as whole steps of a scale, into `steps` where it is given; returns the sum of the squared errors. */
function round(stretch: Float32Array, scale: number, bits: QuantizedBits, steps?: Int32Array): number {
  const half = 2 ** (bits - 1);
  const inverse = scale === 0 ? 0 : 1 / scale;
  let error = 0;
  for (let i = 0; i < stretch.length; i += 1) {
    const value = stretch[i]!;
    let step = floor(value * inverse + 0.5);
    if (step < -half) step = -half;
    else if (step >= half) step = half - 1;
    const off = value - step * scale;
    error += off * off;
    if (steps !== undefined) steps[i] = step;
  }
  return error;
}

function pack(steps: Int32Array, bits: QuantizedBits, into: Uint8Array): void {
  if (bits === 8) for (let i = 0; i < steps.length; i += 1) into[i] = steps[i]! + 128;
  else for (let i = 0; i < into.length; i += 1) into[i] = (steps[2 * i]! + 8) | ((steps[2 * i + 1]! + 8) << 4);
}
