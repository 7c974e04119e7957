import { describe, expect, it } from '@jest/globals';
import { confidenceIntervals, overall, pairedDifferences, type Statistics } from '../../src/evaluation/bootstrap.js';
import { randomIntegers } from '../../src/evaluation/random.js';
import { scoreCaptions } from '../../src/evaluation/scoreCaptions.js';
import { references, results } from './captionFixture.js';

/** The mean of values. */
function mean(values: readonly number[]): Statistics {
  return { items: Float64Array.from(values), width: 1, figures: { mean: (sums, count) => sums[0]! / count } };
}

const random = randomIntegers(3);
/** 400 values of standard deviation 28.9 (uniform on 0..99). */
const values = Array.from({ length: 400 }, () => random(100));

describe('confidenceIntervals', () => {
  it('is as wide as the theory of means says', () => {
    // 1.96 x 28.9 / sqrt(400) = 2.83 on either side.
    const { low, high } = confidenceIntervals(mean(values)).mean!;
    const centre = overall(mean(values)).mean!;
    expect(centre - low).toBeGreaterThan(2.5);
    expect(centre - low).toBeLessThan(3.2);
    expect(high - centre).toBeGreaterThan(2.5);
    expect(high - centre).toBeLessThan(3.2);
  });

  it('gives the same for the same seed, and narrower intervals for less confidence', () => {
    const once = confidenceIntervals(mean(values), { seed: 5 });
    expect(confidenceIntervals(mean(values), { seed: 5 })).toEqual(once);
    expect(confidenceIntervals(mean(values), { seed: 6 })).not.toEqual(once);
    const half = confidenceIntervals(mean(values), { seed: 5, confidence: 0.5 }).mean!;
    expect(half.low).toBeGreaterThan(once.mean!.low);
    expect(half.high).toBeLessThan(once.mean!.high);
  });

  it('computes a ratio from sums, not as a mean of ratios', () => {
    // Hits and trials: 9 of 10 and 0 of 90 are 9 of 100, whatever the mean of 0.9 and 0 is.
    const statistics: Statistics = {
      items: Float64Array.of(9, 10, 0, 90),
      width: 2,
      figures: { accuracy: (sums) => sums[0]! / sums[1]! },
    };
    expect(overall(statistics)).toEqual({ accuracy: 0.09 });
    // A draw of two items has the first twice, once or never.
    expect(confidenceIntervals(statistics).accuracy).toEqual({ low: 0, high: 0.9 });
  });
});

describe('pairedDifferences', () => {
  it('draws the same items for both: a constant shift has no spread', () => {
    const shifted = values.map((value) => value + 2);
    const { difference, low, high, p } = pairedDifferences(mean(values), mean(shifted)).mean!;
    for (const value of [difference, low, high]) expect(value).toBeCloseTo(2, 10);
    // Never on the other side of 0 in 1,000 draws.
    expect(p).toBeCloseTo(2 / 1001, 10);
  });

  it('finds nothing between a thing and itself', () => {
    expect(pairedDifferences(mean(values), mean(values)).mean).toEqual({ difference: 0, low: 0, high: 0, p: 1 });
  });

  it('finds a difference in noise about as seldom as p says', () => {
    const noise = randomIntegers(9);
    const found = Array.from({ length: 60 }, () => {
      const other = values.map((value) => value + noise(41) - 20);
      return pairedDifferences(mean(values), mean(other), { resamples: 200 }).mean!.p < 0.1;
    });
    // Six are expected, and more than 13 in one of 1,000 such trials.
    expect(found.filter(Boolean).length).toBeGreaterThan(0);
    expect(found.filter(Boolean).length).toBeLessThan(14);
  });

  it('refuses what was not measured on the same items', () => {
    expect(() => pairedDifferences(mean([1, 2]), mean([1]))).toThrow('expected the same items, got 2 and 1');
  });
});

describe('the bootstrap of caption scores', () => {
  it('aggregates each resample as the corpus scores are: doubled captions change no score', () => {
    const { corpus, statistics } = scoreCaptions(references, results);
    const { items } = statistics;
    const doubled = new Float64Array(2 * items.length);
    doubled.set(items);
    doubled.set(items, items.length);
    const again = overall({ ...statistics, items: doubled });
    for (const [metric, score] of Object.entries(corpus)) expect(again[metric]).toBeCloseTo(score, 8);
  });

  it('has each corpus score inside its interval, and tells good captions from shuffled ones', () => {
    const good = scoreCaptions(references, results);
    const shuffled = new Map([...results].map(([image], i, all) => [image, all[(i + 7) % all.length]![1]]));
    const bad = scoreCaptions(references, shuffled);
    const intervals = confidenceIntervals(good.statistics, { resamples: 200 });
    const differences = pairedDifferences(bad.statistics, good.statistics, { resamples: 200 });
    for (const [metric, score] of Object.entries(good.corpus)) {
      expect(intervals[metric]!.low).toBeLessThan(score);
      expect(intervals[metric]!.high).toBeGreaterThan(score);
      expect(differences[metric]!.difference).toBeCloseTo(score - bad.corpus[metric]!, 12);
      expect(differences[metric]!.low).toBeGreaterThan(0);
      expect(differences[metric]!.p).toBeLessThan(0.05);
    }
  });
});
