import { describe, expect, it } from '@jest/globals';
import { alignTo } from '../../../src/analytics/projection/alignTo.js';
import { grainOf, onDisc } from '../../../src/analytics/projection/discs.js';
import { type LaidOut, picked } from '../../../src/analytics/projection/layOut.js';
import { layOutAside } from '../../../src/analytics/projection/layOutAside.js';
import { linksOf } from '../../../src/analytics/projection/links.js';
import { nearestRows } from '../../../src/analytics/projection/nearestRows.js';
import { nearnessOf } from '../../../src/analytics/projection/nearness.js';
import { placeAmong } from '../../../src/analytics/projection/placeAmong.js';
import { onAxes, principalAxes } from '../../../src/analytics/projection/principalAxes.js';
import type { Matrix } from '../../../src/matrix.js';
import { randomOf } from '../../../src/training/scenes/random.js';

const COLUMNS = 24;

/** Clouds round random unit vectors, a row of each in turn. */
function clouds(count: number, rows: number): Matrix {
  const random = randomOf('map clouds', count);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const centres = Array.from({ length: count }, () => Array.from({ length: COLUMNS }, normal));
  const values = new Float32Array(rows * COLUMNS);
  for (let row = 0; row < rows; row += 1)
    for (let i = 0; i < COLUMNS; i += 1) values[row * COLUMNS + i] = centres[row % count]![i]! + 0.3 * normal();
  return { rows, columns: COLUMNS, values };
}

const flat = (places: Float32Array): Matrix => ({ rows: places.length / 2, columns: 2, values: places });

/** Share of the five nearest in the plane that are of the same cloud. */
function apart(places: Float32Array, count: number): number {
  const { k, rows } = nearestRows(flat(places), flat(places), { k: 5, without: true });
  return rows.filter((other, i) => other % count === Math.floor(i / k) % count).length / rows.length;
}

const head = (matrix: Matrix, rows: number): Matrix => ({
  ...matrix,
  rows,
  values: matrix.values.subarray(0, rows * matrix.columns),
});

// In its thread: within Jest every `Math` costs a hundred times as much.
const layOut = layOutAside;

describe('a layout', () => {
  it('puts clouds of vectors apart: nearly all neighbours in the plane are of the same one', async () => {
    expect(apart((await layOut(clouds(8, 480))).places, 8)).toBeGreaterThan(0.97);
    // Most of them placed among 160 landmarks only.
    expect(apart((await layOut(clouds(8, 480), { tuning: { landmarks: 160 } })).places, 8)).toBeGreaterThan(0.95);
  });

  it('is the same again of the same vectors and seed, and another of another seed', async () => {
    const vectors = clouds(4, 100);
    const { places } = await layOut(vectors);
    expect((await layOut(vectors)).places).toEqual(places);
    expect((await layOut(vectors, { seed: 2 })).places).not.toEqual(places);
  });

  it('goes on from the one before: what was there stays near its place, nearer than anew', async () => {
    const vectors = clouds(6, 300);
    const before = new Float32Array(600).fill(Number.NaN);
    before.set((await layOut(head(vectors, 240))).places);
    const moved = ({ places }: LaidOut) => {
      let sum = 0;
      for (let i = 0; i < 480; i += 2) sum += Math.hypot(places[i]! - before[i]!, places[i + 1]! - before[i + 1]!);
      return sum / 240;
    };
    const on = await layOut(vectors, { before });
    expect(apart(on.places, 6)).toBeGreaterThan(0.97);
    expect(moved(on)).toBeLessThan(2);
    expect(moved(on)).toBeLessThan(moved(await layOut(vectors, { seed: 5 })));
  });

  it('places later vectors among those that it placed, with their own', async () => {
    const vectors = clouds(6, 360);
    const first = await layOut(head(vectors, 300));
    const rows = picked(onAxes(first.axes, vectors), first.landmarks);
    const later = { rows: 60, columns: COLUMNS, values: vectors.values.subarray(300 * COLUMNS) };
    const added = placeAmong(onAxes(first.axes, later), { rows, places: first.places });
    const together = new Float32Array(720);
    together.set(first.places);
    together.set(added, 600);
    expect(apart(together, 6)).toBeGreaterThan(0.97);
  });

  it('is made of none, one, two and copies, with finite places', async () => {
    for (const rows of [0, 1, 2, 3]) {
      const { places } = await layOut(clouds(1, rows));
      expect(places).toHaveLength(2 * rows);
      expect(places.every(Number.isFinite)).toBe(true);
    }
    const copies = await layOut({ rows: 40, columns: 3, values: new Float32Array(120).fill(0.5) });
    expect(copies.places.every(Number.isFinite)).toBe(true);
  });
});

it('principal axes are those along which most differs, at right angles', () => {
  const random = randomOf('axes');
  // Along (3, 4) / 5 it differs ten times as much as across.
  const values = Float32Array.from(
    Array.from({ length: 400 }, () => [20 * (random.next() - 0.5), 2 * (random.next() - 0.5)]).flatMap(([a, b]) => [
      7 + 0.6 * a! - 0.8 * b!,
      0.8 * a! + 0.6 * b!,
    ]),
  );
  const { axes } = principalAxes({ rows: 400, columns: 2, values }, 2);
  const [x, y, u, v] = axes.values;
  expect(Math.abs(0.6 * x! + 0.8 * y!)).toBeCloseTo(1, 3);
  expect(x! * u! + y! * v!).toBeCloseTo(0, 5);
});

it('the nearest rows are those that sorting all distances finds', () => {
  const vectors = clouds(5, 60);
  const { k, rows, distances } = nearestRows(vectors, vectors, { k: 7, without: true });
  const far = (a: number, b: number) =>
    Math.hypot(
      ...Array.from({ length: COLUMNS }, (_, i) => vectors.values[a * COLUMNS + i]! - vectors.values[b * COLUMNS + i]!),
    );
  for (let row = 0; row < 60; row += 1) {
    const sorted = Array.from({ length: 60 }, (_, i) => i)
      .filter((i) => i !== row)
      .sort((a, b) => far(row, a) - far(row, b));
    expect([...rows.subarray(row * k, (row + 1) * k)]).toEqual(sorted.slice(0, 7));
    expect(distances[row * k]!).toBeCloseTo(far(row, sorted[0]!), 4);
  }
  expect(nearestRows(vectors, head(vectors, 3), { k: 7, without: false }).k).toBe(3);
});

it('nearness adds up to log2(k), is 1 of the nearest, and links are as sure as either of the two says', () => {
  const vectors = clouds(3, 45);
  const nearest = nearestRows(vectors, vectors, { k: 8, without: true });
  const weights = nearnessOf(nearest);
  for (let row = 0; row < 45; row += 1) {
    const own = weights.subarray(8 * row, 8 * row + 8);
    expect(own[0]).toBe(1);
    expect(own.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(3, 3);
  }
  const links = linksOf(nearest);
  const pairs = Array.from(links.heads, (head, i) => [head, links.tails[i]!].sort((a, b) => a - b).join());
  expect(new Set(pairs).size).toBe(pairs.length);
  expect(links.weights.every((weight) => weight > 0 && weight <= 1)).toBe(true);
});

it('a map that was turned, mirrored and shifted is aligned to where it was', () => {
  const random = randomOf('align');
  const before = Float32Array.from({ length: 60 }, () => random.between(-8, 8));
  const [cos, sin] = [Math.cos(2.1), Math.sin(2.1)];
  const places = new Float32Array(60);
  for (let i = 0; i < 60; i += 2) {
    places[i] = 4 + cos * -before[i]! - sin * before[i + 1]!;
    places[i + 1] = -9 + sin * -before[i]! + cos * before[i + 1]!;
  }
  // Half of it was not there before.
  const known = before.map((value, i) => (i < 30 ? value : Number.NaN));
  alignTo(places, known);
  places.forEach((value, i) => {
    expect(value).toBeCloseTo(before[i]!, 3);
  });
});

it('copies of a caption stand round its place, none on another, in a quarter of the map at most', () => {
  const grain = grainOf(Float32Array.from([0, 0, 0, 10, 10, 0, 10, 10]), 1000);
  const disc = Array.from({ length: 200 }, (_, i) => onDisc(i, grain));
  expect(disc[0]).toEqual({ x: 0, y: 0 });
  for (const [i, a] of disc.entries())
    for (const b of disc.slice(0, i)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(0.9 * grain);
  expect(Math.PI * (grain * Math.sqrt(1000)) ** 2).toBeLessThanOrEqual(25.01);
});
