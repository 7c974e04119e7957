import { describe, expect, it } from '@jest/globals';
import { quantile, surprise } from '../../../src/analytics/detection/surprise.js';

describe('surprise', () => {
  // scipy 1.17.1: -log10(nbinom.sf(count - 1, size, size / (size + mean)))
  it.each([
    [1, 0.5, 2, 0.44369749923271284],
    [5, 1, 2, 1.7487841760111376],
    [12, 1.4, 2, 3.7179389305900723],
    [40, 20, 2, 0.9895299153892908],
    [200, 3, 2, 42.46126490439263],
  ])('of %d where %d is usual', (count, mean, size, expected) => {
    expect(surprise(count, { mean, size })).toBeCloseTo(expected, 7);
  });

  it('grows with the count, is 0 for nothing, and finite for anything', () => {
    expect(surprise(0, { mean: 1, size: 2 })).toBe(0);
    const scores = [1, 2, 5, 20, 100, 5000].map((count) => surprise(count, { mean: 0.1, size: 2 }));
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    expect(scores.every(Number.isFinite)).toBe(true);
  });

  it('has quantiles that its tail agrees with', () => {
    for (const mean of [0.3, 2, 17]) {
      const high = quantile(0.95, { mean, size: 2 });
      expect(10 ** -surprise(high + 1, { mean, size: 2 })).toBeLessThanOrEqual(0.05 + 1e-9);
      expect(10 ** -surprise(high, { mean, size: 2 })).toBeGreaterThan(0.05);
    }
  });
});
