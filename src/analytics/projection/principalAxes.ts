// The directions in which vectors differ most (principal component analysis), by orthogonal iteration on their covariance.
// Source: Golub, Van Loan, Matrix Computations, 4th ed., 2013, section 8.2.4.
import type { Matrix } from '../../matrix.js';

export interface Axes {
  /** Of the vectors: one for each of their numbers. */
  readonly mean: Float32Array;
  /** Unit vectors, a row each, the one along which most differs first. */
  readonly axes: Matrix;
}

/** Rows that the covariance is taken from: evenly spread over all. */
const SAMPLE = 5000;
const ROUNDS = 24;

/** At most `most` axes, fewer of narrower vectors. The same vectors give the same axes. */
export function principalAxes({ rows, columns, values }: Matrix, most: number): Axes {
  const stride = Math.max(1, Math.floor(rows / SAMPLE));
  const mean = new Float64Array(columns);
  let taken = 0;
  for (let row = 0; row < rows; row += stride, taken += 1)
    for (let i = 0; i < columns; i += 1) mean[i]! += values[row * columns + i]!;
  for (let i = 0; i < columns; i += 1) mean[i]! /= Math.max(1, taken);
  const covariance = new Float64Array(columns * columns);
  const centred = new Float64Array(columns);
  for (let row = 0; row < rows; row += stride) {
    for (let i = 0; i < columns; i += 1) centred[i] = values[row * columns + i]! - mean[i]!;
    for (let i = 0; i < columns; i += 1) {
      const own = centred[i]!;
      for (let j = i; j < columns; j += 1) covariance[i * columns + j]! += own * centred[j]!;
    }
  }
  for (let i = 0; i < columns; i += 1)
    for (let j = 0; j < i; j += 1) covariance[i * columns + j] = covariance[j * columns + i]!;

  const count = Math.min(most, columns);
  // Cosines of whole multiples: no two rows are alike, none is a direction of its own.
  let axes = Float64Array.from({ length: count * columns }, (_, i) =>
    Math.cos((Math.floor(i / columns) + 1) * (i % columns) + 1 + Math.floor(i / columns)),
  );
  orthonormalize(axes, count, columns);
  for (let round = 0; round < ROUNDS; round += 1) {
    axes = times(axes, covariance, count, columns);
    orthonormalize(axes, count, columns);
  }
  return {
    mean: Float32Array.from(mean),
    axes: { rows: count, columns, values: Float32Array.from(axes) },
  };
}

/** Where vectors lie on the axes: a row each. */
export function onAxes({ mean, axes }: Axes, { rows, columns, values }: Matrix): Matrix {
  const found = new Float32Array(rows * axes.rows);
  const centred = new Float32Array(columns);
  for (let row = 0; row < rows; row += 1) {
    for (let i = 0; i < columns; i += 1) centred[i] = values[row * columns + i]! - mean[i]!;
    for (let axis = 0; axis < axes.rows; axis += 1) {
      let sum = 0;
      for (let i = 0, j = axis * columns; i < columns; i += 1, j += 1) sum += centred[i]! * axes.values[j]!;
      found[row * axes.rows + axis] = sum;
    }
  }
  return { rows, columns: axes.rows, values: found };
}

function times(
  axes: Float64Array,
  covariance: Float64Array,
  count: number,
  columns: number,
): Float64Array<ArrayBuffer> {
  const found = new Float64Array(count * columns);
  for (let axis = 0; axis < count; axis += 1) {
    for (let i = 0; i < columns; i += 1) {
      const own = axes[axis * columns + i]!;
      if (own === 0) continue;
      for (let j = 0; j < columns; j += 1) found[axis * columns + j]! += own * covariance[i * columns + j]!;
    }
  }
  return found;
}

/** Gram and Schmidt, twice: once leaves what rounding left. A row that is nothing beside the others becomes zeros. */
function orthonormalize(axes: Float64Array, count: number, columns: number): void {
  const row = (axis: number) => axes.subarray(axis * columns, (axis + 1) * columns);
  for (let axis = 0; axis < count; axis += 1) {
    const own = row(axis);
    const before = Math.hypot(...own);
    for (let pass = 0; pass < 2; pass += 1) {
      for (let other = 0; other < axis; other += 1) {
        const against = row(other);
        let shared = 0;
        for (let i = 0; i < columns; i += 1) shared += own[i]! * against[i]!;
        for (let i = 0; i < columns; i += 1) own[i]! -= shared * against[i]!;
      }
    }
    const length = Math.hypot(...own);
    const nothing = !(length > 1e-9 * before) || length === 0;
    for (let i = 0; i < columns; i += 1) own[i] = nothing ? 0 : own[i]! / length;
  }
}
