import { describe, expect, it } from '@jest/globals';
import { sharpnessOf } from '../../../src/analytics/detection/sharpness.js';

/** Cosines of which one in a hundred is `nearest`, the others around `middle`. */
const rows = (middle: number, nearest: number) =>
  Array.from({ length: 20 }, () =>
    Float32Array.from({ length: 1000 }, (_, i) => (i % 100 === 0 ? nearest : middle + ((i % 7) - 3) / 1000)),
  );

describe('sharpness', () => {
  it('puts the same evidence between the middle and the nearest, however far apart they are', () => {
    for (const [middle, nearest] of [
      [0.1, 0.64],
      [0.8, 0.95],
    ] as const)
      expect(sharpnessOf(rows(middle, nearest)) * (nearest - middle)).toBeCloseTo(6.5, 4);
  });

  it('stays within bounds where all are alike, or nothing is there', () => {
    expect(sharpnessOf(rows(0.5, 0.5))).toBe(400);
    expect(Number.isFinite(sharpnessOf([]))).toBe(true);
  });
});
