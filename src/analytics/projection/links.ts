// Pairs of rows that should stand near each other.
import type { Nearest } from './nearestRows.js';
import { nearnessOf } from './nearness.js';

export interface Links {
  readonly heads: Int32Array;
  readonly tails: Int32Array;
  /** How surely, in (0, 1]. */
  readonly weights: Float32Array;
}

/** Of rows among themselves: each pair once, as sure as either says, a + b - ab. */
export function linksOf(nearest: Nearest): Links {
  const { k, rows } = nearest;
  const directed = nearnessOf(nearest);
  const count = k === 0 ? 0 : rows.length / k;
  const heads: number[] = [];
  const tails: number[] = [];
  const weights: number[] = [];
  const backOf = (row: number, other: number): number => {
    for (let i = other * k; i < (other + 1) * k; i += 1) if (rows[i] === row) return directed[i]!;
    return -1;
  };
  for (let row = 0; row < count; row += 1) {
    for (let i = row * k; i < (row + 1) * k; i += 1) {
      const other = rows[i]!;
      const back = backOf(row, other);
      // Both name each other: the lower one tells.
      if (back >= 0 && other < row) continue;
      const there = directed[i]!;
      heads.push(row);
      tails.push(other);
      weights.push(back < 0 ? there : there + back - there * back);
    }
  }
  return { heads: Int32Array.from(heads), tails: Int32Array.from(tails), weights: Float32Array.from(weights) };
}
