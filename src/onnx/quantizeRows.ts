// A weight matrix in 8 bits, each row by whole steps of its own length: what processors multiply fastest.

export interface QuantizedRows {
  /** [rows, columns], -127..127 */
  readonly values: Int8Array;
  /** [rows] */
  readonly scales: Float32Array;
}

const STEPS = 127;
/** Of a module's own: a look into the global scope at each number takes longer than the rest. */
const { abs, floor } = Math;

/** Quantizes a matrix [rows, columns]; the largest number of a row becomes 127 steps. */
export function quantizeRows(matrix: Float32Array, columns: number): QuantizedRows {
  const values = new Int8Array(matrix.length);
  const scales = new Float32Array(matrix.length / columns);
  for (let row = 0; row < scales.length; row += 1) {
    const [from, to] = [row * columns, (row + 1) * columns];
    let largest = 0;
    for (let i = from; i < to; i += 1) {
      const size = abs(matrix[i]!);
      if (size > largest) largest = size;
    }
    const scale = Math.fround(largest / STEPS);
    scales[row] = scale;
    const inverse = scale === 0 ? 0 : 1 / scale;
    for (let i = from; i < to; i += 1) values[i] = floor(matrix[i]! * inverse + 0.5);
  }
  return { values, scales };
}
