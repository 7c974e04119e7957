// A map of vectors: what is alike stands near in the plane. A sample of them, the landmarks, is laid out as UMAP does; the others find their place
// among these. It begins where the map before it was, or on the first two principal axes, so that it looks the same each time.
import type { Matrix } from '../../matrix.js';
import { alignTo } from './alignTo.js';
import { linksOf } from './links.js';
import { nearestRows } from './nearestRows.js';
import { placeAmong } from './placeAmong.js';
import { type Axes, onAxes, principalAxes } from './principalAxes.js';
import { spreadOut } from './spreadOut.js';

export const PROJECTION = {
  /** Principal axes that distances are measured on. */
  axes: 32,
  /** Vectors that are laid out; those beyond find their place among them. */
  landmarks: 5000,
  neighbours: 15,
  /** Rounds of a map that begins anew, and of one that goes on. */
  rounds: 500,
  roundsOn: 120,
  /** Width of the map that it begins as. */
  width: 20,
};

export interface LaidOut {
  readonly axes: Axes;
  /** Rows that the others were placed among, in their order. */
  readonly landmarks: Int32Array;
  /** x, y of each row in turn. */
  readonly places: Float32Array;
}

export interface LayOutOptions {
  readonly seed?: number;
  /** x, y of each row in turn on the map before, NaN where it was not on it; undefined: there was none. */
  readonly before?: Float32Array | undefined;
  readonly tuning?: Partial<typeof PROJECTION>;
}

/** Time grows with rows x landmarks. The same vectors, seed and map before give the same map. */
export function layOut(vectors: Matrix, { seed = 1, before, tuning = {} }: LayOutOptions = {}): LaidOut {
  const settings = { ...PROJECTION, ...tuning };
  const axes = principalAxes(vectors, settings.axes);
  const all = onAxes(axes, vectors);
  const count = Math.min(vectors.rows, settings.landmarks);
  // Evenly over all: their order is that of time.
  const landmarks = Int32Array.from({ length: count }, (_, i) => Math.floor((i * vectors.rows) / count));
  const rows = picked(all, landmarks);
  const known = before === undefined ? undefined : pickedPlaces(before, landmarks);
  const places = begin(rows, known, settings.width);
  const links = linksOf(nearestRows(rows, rows, { k: settings.neighbours, without: true }));
  const goesOn = known !== undefined && !places.every((_, i) => Number.isNaN(known[i]!));
  spreadOut(places, links, { seed, rounds: goesOn ? settings.roundsOn : settings.rounds, reach: goesOn ? 0.3 : 1 });
  if (known !== undefined) alignTo(places, known);
  if (count === vectors.rows) return { axes, landmarks, places };
  const placed = placeAmong(all, { rows, places });
  landmarks.forEach((row, i) => {
    placed[2 * row] = places[2 * i]!;
    placed[2 * row + 1] = places[2 * i + 1]!;
  });
  return { axes, landmarks, places: placed };
}

/** Where the landmarks were before, new ones among those; or on the first two axes. */
function begin(rows: Matrix, known: Float32Array | undefined, width: number): Float32Array {
  const { columns, values } = rows;
  const there = known === undefined ? [] : [...rowsOf(rows)].filter((row) => !Number.isNaN(known[2 * row]!));
  if (known !== undefined && there.length > 0) {
    const old = Int32Array.from(there);
    const places = placeAmong(rows, { rows: picked(rows, old), places: pickedPlaces(known, old) });
    for (const row of there) {
      places[2 * row] = known[2 * row]!;
      places[2 * row + 1] = known[2 * row + 1]!;
    }
    return places;
  }
  const at = (row: number, axis: number) => (axis < columns ? values[row * columns + axis]! : 0);
  let widest = 0;
  for (const row of rowsOf(rows)) widest = Math.max(widest, Math.abs(at(row, 0)), Math.abs(at(row, 1)));
  const scale = widest === 0 ? 0 : width / 2 / widest;
  return Float32Array.from({ length: 2 * rows.rows }, (_, i) => scale * at(i >> 1, i & 1));
}

function* rowsOf({ rows }: Matrix): Generator<number> {
  for (let row = 0; row < rows; row += 1) yield row;
}

export function picked({ columns, values }: Matrix, rows: Int32Array): Matrix {
  const found = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    found.set(values.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return { rows: rows.length, columns, values: found };
}

function pickedPlaces(places: Float32Array, rows: Int32Array): Float32Array {
  return picked({ rows: places.length / 2, columns: 2, values: places }, rows).values;
}
