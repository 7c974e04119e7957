import { describe, expect, it } from '@jest/globals';
import { confidenceIntervals, overall, pairedDifferences } from '../../src/evaluation/bootstrap.js';
import { joinStatistics } from '../../src/evaluation/joinStatistics.js';
import { type Rights, shares } from '../../src/evaluation/shares.js';

const items: Rights[] = [
  { actor: true, far: undefined },
  { actor: false, far: true },
  { actor: true },
  { actor: true },
];

describe('shares', () => {
  it('counts an item only where there was something to get right', () => {
    expect(overall(shares(items, ['actor', 'far', 'never']))).toEqual({ actor: 0.75, far: 1, never: Number.NaN });
  });

  it('leaves resamples without a trial out of the interval', () => {
    // `far` is tried on one of four items: a third of all resamples miss it, and those that do not are always right.
    expect(confidenceIntervals(shares(items, ['far'])).far).toEqual({ low: 1, high: 1 });
    const worse = items.map((item) => ({ ...item, far: item.far === undefined ? undefined : false }));
    const { far } = pairedDifferences(shares(worse, ['far']), shares(items, ['far']));
    expect(far).toMatchObject({ difference: 1, low: 1, high: 1 });
  });

  it('finds no difference between equal items, and an interval around a share of many', () => {
    const many = Array.from({ length: 400 }, (_, i) => ({ actor: i % 4 !== 0 }));
    const statistics = shares(many, ['actor']);
    expect(pairedDifferences(statistics, statistics).actor).toMatchObject({ difference: 0, low: 0, high: 0, p: 1 });
    const { low, high } = confidenceIntervals(statistics).actor!;
    // The normal approximation: 0.75 +- 1.96 * sqrt(0.75 * 0.25 / 400) = 0.708 to 0.792.
    expect(low).toBeCloseTo(0.708, 1.5);
    expect(high).toBeCloseTo(0.792, 1.5);
  });
});

describe('joinStatistics', () => {
  it('gives the figures that each gives alone, from one draw', () => {
    const [first, second] = [shares(items, ['actor']), shares(items.toReversed(), ['far'])];
    const joined = joinStatistics(first, second);
    expect(overall(joined)).toEqual({ ...overall(first), ...overall(second) });
    expect(confidenceIntervals(joined).actor).toEqual(confidenceIntervals(first).actor);
  });

  it('refuses figures of other items', () => {
    expect(() => joinStatistics(shares(items, ['a']), shares(items.slice(1), ['b']))).toThrow('got 4 and 3');
  });
});
