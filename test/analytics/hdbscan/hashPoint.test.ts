import { describe, expect, it } from '@jest/globals';
import { hashPoint } from '../../../src/analytics/hdbscan/hashPoint.js';
import { normals } from '../../support/random.js';

const normal = normals(11);
const random = Array.from({ length: 3000 }, () => Array.from({ length: 5 }, () => Math.fround(normal())));

describe('the hash of a point', () => {
  const hashes = (rows: readonly (readonly number[])[]) =>
    new Set(rows.map((row) => hashPoint(Float64Array.from(row)))).size;

  // By chance alone 3000 points of 32 bits share one in a thousand runs: 3000² / 2 / 2³² = 0.001.
  it.each([2 ** -1000, 2 ** -100, 1, 2 ** 100, 2 ** 1000])('tells random points apart at scale %d', (scale) => {
    expect(hashes(random.map((row) => row.map((x) => x * scale)))).toBe(3000);
  });

  it('tells points apart that differ by their exponents, or that lie on a grid', () => {
    const grid = (value: (i: number) => number) =>
      Array.from({ length: 2500 }, (_, i) => [value(i % 50), value(Math.floor(i / 50))]);
    for (const value of [(i: number) => i, (i: number) => 2 ** (i - 25), (i: number) => 2 ** (20 * (i - 25))])
      expect(hashes(grid(value))).toBe(2500);
  });
});
