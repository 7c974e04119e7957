// Where vectors belong among others that have their place: in the middle of the nearest ones, the nearer the more.
import type { Matrix } from '../../matrix.js';
import { nearestRows } from './nearestRows.js';
import { nearnessOf } from './nearness.js';

export interface Landmarks {
  /** A row each, on the axes. */
  readonly rows: Matrix;
  /** x, y of each in turn. */
  readonly places: Float32Array;
}

const NEIGHBOURS = 8;

/** x, y of each asked row in turn. */
export function placeAmong(asked: Matrix, landmarks: Landmarks): Float32Array {
  const places = new Float32Array(2 * asked.rows);
  const nearest = nearestRows(asked, landmarks.rows, { k: NEIGHBOURS, without: false });
  const weights = nearnessOf(nearest);
  const { k } = nearest;
  for (let row = 0; row < asked.rows; row += 1) {
    let [x, y, sum] = [0, 0, 0];
    for (let i = row * k; i < (row + 1) * k; i += 1) {
      const weight = weights[i]! ** 2;
      x += weight * landmarks.places[2 * nearest.rows[i]!]!;
      y += weight * landmarks.places[2 * nearest.rows[i]! + 1]!;
      sum += weight;
    }
    places[2 * row] = sum === 0 ? 0 : x / sum;
    places[2 * row + 1] = sum === 0 ? 0 : y / sum;
  }
  return places;
}
