// The rows of a matrix as points between which distances are measured.
import { AppError } from '../../errors.js';
import type { Matrix } from '../../matrix.js';

export type Metric = 'euclidean' | 'cosine';

export interface Points {
  readonly count: number;
  readonly width: number;
  /** Row by row; for cosine each of length 1. */
  readonly values: Float64Array;
  readonly metric: Metric;
}

/** Throws AppError BAD_USER_INPUT for a row with a number that is not finite, and under cosine for one of length 0; the row is named, counted from 0. */
export function pointsOf({ rows, columns, values }: Matrix, metric: Metric): Points {
  const doubles = Float64Array.from(values);
  for (let row = 0; row < rows; row += 1) {
    const point = doubles.subarray(row * columns, (row + 1) * columns);
    const wrong = point.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0)
      throw new AppError('BAD_USER_INPUT', `row ${row}: column ${wrong} is ${point[wrong]}, not a number`);
    if (metric === 'cosine') normalize(point, row);
  }
  return { count: rows, width: columns, values: doubles, metric };
}

/** One point of a matrix. */
export function pointOf({ width, values }: Points, point: number): Float64Array {
  return values.subarray(point * width, (point + 1) * width);
}

/** Up to so many numbers a sum in turn is as fast. */
const SHORT = 16;

/**
 * Euclidean distance squared from a point to the one that begins at a place of `others`: the same number for (a, b) and (b, a).
 * Of long points four sums side by side: one would wait for each of its own additions.
 */
export function squaredBetween(own: Float64Array, others: Float64Array, start: number): number {
  const width = own.length;
  let i = 0;
  let j = start;
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  if (width > SHORT) {
    for (; i + 3 < width; i += 4, j += 4) {
      const d0 = own[i]! - others[j]!;
      const d1 = own[i + 1]! - others[j + 1]!;
      const d2 = own[i + 2]! - others[j + 2]!;
      const d3 = own[i + 3]! - others[j + 3]!;
      first += d0 * d0;
      second += d1 * d1;
      third += d2 * d2;
      fourth += d3 * d3;
    }
  }
  for (; i < width; i += 1, j += 1) {
    const difference = own[i]! - others[j]!;
    first += difference * difference;
  }
  return first + second + (third + fourth);
}

/** What a squared Euclidean distance is in the metric: of unit vectors half of it is 1 - cosine. */
export function distanceOf(squared: number, metric: Metric): number {
  return metric === 'cosine' ? squared / 2 : Math.sqrt(squared);
}

function normalize(point: Float64Array, row: number): void {
  const length = Math.sqrt(point.reduce((sum, value) => sum + value * value, 0));
  if (length === 0) throw new AppError('BAD_USER_INPUT', `row ${row}: all zeros have no direction, which cosine needs`);
  point.forEach((value, i) => {
    point[i] = value / length;
  });
}
