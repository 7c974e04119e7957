// The colours of a map of attention, for a canvas: clear where it is lowest, red where it is highest, as `hotlens explain` draws them. A
// map that is nearly even is pale: stretched from its lowest to its highest it would point at what is next to nothing. A line goes
// round what is above half, so that it is seen on red pictures too.
import type { AttentionMapFragment } from '../../queries/documents.js';
import { timesEven } from './attention.js';

const LOW = [255, 190, 40] as const;
const HIGH = [190, 10, 40] as const;
/** How much the highest value covers: what is under it stays recognisable. */
const DENSEST = 215;
/** The share of that which even a map that points nowhere has: that it is there is to be seen. */
const PALEST = 0.3;

/** side x side cells, row by row, as size x size pixels in RGBA. */
export function heat(map: AttentionMapFragment, size: number): ImageData {
  const { side, cells } = map;
  const densest = DENSEST * Math.min(1, Math.max(PALEST, timesEven(map) - 1));
  const values = smooth(cells, side, size);
  const low = values.reduce((a, b) => Math.min(a, b));
  const span = values.reduce((a, b) => Math.max(a, b)) - low;
  const image = new ImageData(size, size);
  // What has one value nearly everywhere points at nothing.
  const even = span < 0.01;
  const at = (i: number) => (even ? 0.5 : (values[i]! - low) / span);
  for (let i = 0; i < values.length; i += 1) {
    const value = at(i);
    for (const c of [0, 1, 2] as const) image.data[4 * i + c] = LOW[c] + value * (HIGH[c] - LOW[c]);
    // Below 1: middling values are to be seen beside one that towers.
    image.data[4 * i + 3] = densest * value ** 0.75;
    const above = value >= 0.5;
    const x = i % size;
    const around = [x > 0 ? i - 1 : i, x < size - 1 ? i + 1 : i, i - size, i + size];
    if (around.some((near) => near >= 0 && near < values.length && at(near) >= 0.5 !== above))
      image.data.set(above ? [255, 255, 255, 235] : [20, 20, 20, 235], 4 * i);
  }
  return image;
}

/** Between the middles of cells by a cubic B-spline, which never rises above them; beyond the outer ones they go on. */
function smooth(cells: readonly number[], side: number, size: number): Float64Array {
  const rows = Array.from({ length: side }, (_, r) => stretch((c) => cells[r * side + c]!, side, size));
  const all = new Float64Array(size * size);
  for (let x = 0; x < size; x += 1) {
    stretch((r) => rows[r]![x]!, side, size).forEach((value, y) => {
      all[y * size + x] = value;
    });
  }
  return all;
}

function stretch(value: (cell: number) => number, side: number, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => {
    const at = ((i + 0.5) * side) / size - 0.5;
    const first = Math.floor(at);
    const t = at - first;
    const weights = [(1 - t) ** 3, 3 * t ** 3 - 6 * t ** 2 + 4, 1 + 3 * t + 3 * t ** 2 - 3 * t ** 3, t ** 3];
    return weights.reduce((sum, w, k) => sum + (w / 6) * value(Math.min(side - 1, Math.max(0, first - 1 + k))), 0);
  });
}
