import { describe, expect, it } from '@jest/globals';
import { coverageOf, SLOT } from '../../../src/analytics/detection/coverage.js';
import { HOUR } from '../../../src/analytics/detection/tuning.js';

describe('coverage', () => {
  it('goes on through a quiet night, and not through lost days', () => {
    const { has, hours } = coverageOf([0, 8 * HOUR, 60 * HOUR], 62 * HOUR);
    expect(has((4 * HOUR) / SLOT)).toBe(true);
    expect(has((8 * HOUR) / SLOT)).toBe(true);
    expect(has((30 * HOUR) / SLOT)).toBe(false);
    expect(has((61 * HOUR) / SLOT)).toBe(true);
    expect(hours).toBeCloseTo(8 + 2 + 1, 5);
  });

  it('is nothing before the first post', () => {
    expect(coverageOf([], HOUR).hours).toBe(0);
  });
});
