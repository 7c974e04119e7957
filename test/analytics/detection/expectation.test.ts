import { describe, expect, it } from '@jest/globals';
import { coverageOf } from '../../../src/analytics/detection/coverage.js';
import { expected } from '../../../src/analytics/detection/expectation.js';
import { HOUR, TUNING } from '../../../src/analytics/detection/tuning.js';

/** Six days, ten posts every evening between 19 and 21, watched without a gap. */
const evenings = Array.from({ length: 6 }, (_, day) =>
  Array.from({ length: 10 }, (_, i) => ({ at: (24 * day + 19 + i / 5) * HOUR, evidence: 5 })),
).flat();
/** From a Thursday on. */
const watched = coverageOf(
  Array.from({ length: 6 * 24 }, (_, hour) => hour * HOUR),
  6 * 24 * HOUR,
);
const at = (hour: number) => {
  const now = (6 * 24 + hour) * HOUR;
  return expected({ posts: evenings, from: 0, until: 6 * 24 * HOUR }, 1, { now, coverage: watched, tuning: TUNING });
};

describe('what is usual', () => {
  it('is what this time of the day brought', () => {
    // 40 posts in four times three hours of working days, a third of what the weekend brought, and 60 in 144 hours as if for
    // four more; half a post unseen, a tenth astray.
    expect(at(20.5)).toBeCloseTo((40 + 20 / 3 + (60 / 144) * 4 + 0.5) / (12 + 6 / 3 + 4) + 0.1, 9);
    expect(at(9)).toBeCloseTo(((60 / 144) * 4 + 0.5) / (12 + 6 / 3 + 4) + 0.1, 9);
  });

  it('is more of a weekend where weekends bring more, and of any day before there was one of its kind', () => {
    // The epoch began on a Thursday: days 2 and 3 are a weekend, and 9 and 10.
    const weekends = Array.from({ length: 9 }, (_, day) =>
      Array.from({ length: day === 2 || day === 3 ? 30 : 3 }, (_, i) => ({
        at: (24 * day + 19.5 + i / 40) * HOUR,
        evidence: 5,
      })),
    ).flat();
    const usual = (day: number, days: number) =>
      expected({ posts: weekends.filter((post) => post.at < days * 24 * HOUR), from: 0, until: days * 24 * HOUR }, 1, {
        now: (24 * day + 20.5) * HOUR,
        coverage: coverageOf(
          Array.from({ length: days * 24 }, (_, hour) => hour * HOUR),
          days * 24 * HOUR,
        ),
        tuning: TUNING,
      });
    expect(usual(9, 9)).toBeGreaterThan(1.8 * usual(8, 8));
    // Thursday and Friday alone say what Saturday will bring: as much as they would of a Monday.
    expect(usual(2, 2)).toBeCloseTo((6 + (6 / 48) * 4 + 0.5) / (6 + 4) + 0.1, 9);
  });

  it('is little, and never nothing, of what was never there', () => {
    const never = expected({ posts: [], from: 0, until: 6 * 24 * HOUR }, 3, {
      now: 6 * 24 * HOUR,
      coverage: watched,
      tuning: TUNING,
    });
    expect(never).toBeGreaterThan(0.05);
    expect(never).toBeLessThan(0.5);
  });

  it('knows less after fewer days: one post counts for more', () => {
    const posts = [{ at: 20 * HOUR, evidence: 5 }];
    const usual = (days: number) =>
      expected({ posts, from: 0, until: days * 24 * HOUR }, 1, {
        now: (days * 24 + 20.5) * HOUR,
        coverage: watched,
        tuning: TUNING,
      });
    expect(usual(1)).toBeCloseTo((1 + 4 / 24 + 0.5) / (3 + 4) + 0.1, 9);
    // Four working days, as the asked one, and a weekend.
    expect(usual(6)).toBeCloseTo((1 + 4 / 144 + 0.5) / (12 + 6 / 3 + 4) + 0.1, 9);
  });
});
