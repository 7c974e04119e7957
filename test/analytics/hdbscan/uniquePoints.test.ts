import { describe, expect, it } from '@jest/globals';
import type { Points } from '../../../src/analytics/hdbscan/points.js';
import { uniquePoints } from '../../../src/analytics/hdbscan/uniquePoints.js';
import { normals } from '../../support/random.js';

function pointsOf(rows: readonly (readonly number[])[]): Points {
  return { count: rows.length, width: rows[0]!.length, values: Float64Array.from(rows.flat()), metric: 'euclidean' };
}

const normal = normals(11);
const random = Array.from({ length: 3000 }, () => Array.from({ length: 5 }, () => Math.fround(normal())));

describe('unique points', () => {
  it.each([2 ** -1000, 2 ** -100, 1, 2 ** 100, 2 ** 1000])('are the same whatever the scale: %d', (scale) => {
    // Every third row is one of the first ten again.
    const rows = random.map((row, i) => (i % 3 === 0 ? random[(i / 3) % 10]! : row).map((x) => x * scale));
    const { unique, copies, original } = uniquePoints(pointsOf(rows));
    const keys = rows.map((row) => row.join());
    const first = [...new Set(keys)];
    expect([...original]).toEqual(keys.map((key) => first.indexOf(key)));
    expect(unique.count).toBe(first.length);
    expect(Array.from(unique.values)).toEqual(first.flatMap((key) => rows[keys.indexOf(key)]!));
    expect([...copies]).toEqual(first.map((key) => keys.filter((each) => each === key).length));
  });

  it('takes 0 and -0 for one number', () => {
    const rows = [
      [0, 1],
      [-0, 1],
      [1, 0],
      [1, -0],
    ];
    expect([...uniquePoints(pointsOf(rows)).original]).toEqual([0, 0, 1, 1]);
  });
});
