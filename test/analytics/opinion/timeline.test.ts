import { describe, expect, it } from '@jest/globals';
import { campsOf } from '../../../src/analytics/opinion/camps.js';
import { meanWithInterval, opinionTimeline, type Voice, voicesOf } from '../../../src/analytics/opinion/timeline.js';
import { turnOf } from '../../../src/analytics/opinion/turn.js';
import { normals } from '../../../src/training/random.js';
import { randomOf } from '../../../src/training/scenes/random.js';

const HOUR = 3_600_000;
const post = (id: string, hours: number, author: string, score: number | null) => ({
  id,
  at: hours * HOUR,
  author,
  score,
});

describe('opinionTimeline', () => {
  it('counts every author once a bar, and keeps the posts behind it', () => {
    const posts = [
      post('a', 0.1, 'ann', 0.8),
      post('b', 0.2, 'ann', 0.4),
      post('c', 0.3, 'ben', -0.2),
      post('d', 0.4, 'eva', null),
      post('e', 2.5, 'ben', 0),
    ];
    const bars = opinionTimeline(posts, { length: HOUR, bound: 0.05 });
    expect(bars.map(({ from, to }) => [from / HOUR, to / HOUR])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    expect(bars[0]).toMatchObject({ negative: 1, neutral: 0, positive: 1, unknown: 1, postIds: ['a', 'b', 'c', 'd'] });
    expect(bars[0]!.score).toBeCloseTo((0.6 - 0.2) / 2);
    expect(bars[1]).toEqual({
      ...{ from: HOUR, to: 2 * HOUR, score: null, low: null, high: null },
      ...{ negative: 0, neutral: 0, positive: 0, unknown: 0, postIds: [] },
    });
    expect(bars[2]).toMatchObject({ score: 0, low: null, high: null, neutral: 1 });
    expect(opinionTimeline([], { length: HOUR, bound: 0.05 })).toEqual([]);
  });

  it('has intervals that hold what they say', () => {
    // Of 400 samples of 8 about 380 hold the mean.
    const draw = normals('intervals', 1);
    let held = 0;
    for (let i = 0; i < 400; i += 1) {
      const { low, high } = meanWithInterval(Array.from({ length: 8 }, () => 0.1 + 0.2 * draw()));
      if (low! <= 0.1 && 0.1 <= high!) held += 1;
    }
    expect(held).toBeGreaterThan(368);
    expect(held).toBeLessThan(392);
    // scipy.stats.t.interval(0.95, 11, 0, 1): 2.20099; t of 30: 2.04227.
    const spread = (n: number) => Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 0.1 : -0.1));
    const width = (n: number) => meanWithInterval(spread(n)).high! / (0.1 * Math.sqrt(n / (n - 1) / n));
    expect(width(12)).toBeCloseTo(2.201, 2);
    expect(width(30)).toBeCloseTo(2.0452, 3);
  });
});

describe('turnOf', () => {
  const voices = (scores: readonly number[]): Voice[] =>
    scores.map((score, i) => ({ author: `a${i}`, at: i * HOUR, score: Math.max(-1, Math.min(1, score)) }));

  it('finds where opinion turned', () => {
    const draw = normals('turn', 3);
    const turned = turnOf(voices(Array.from({ length: 60 }, (_, i) => (i < 25 ? 0.3 : -0.2) + 0.25 * draw())));
    expect(turned).not.toBeNull();
    expect(Math.abs(turned!.at / HOUR - 25)).toBeLessThanOrEqual(3);
    expect(turned!.before).toBeGreaterThan(0.1);
    expect(turned!.after).toBeLessThan(0);
    expect(turned!.p).toBeLessThan(0.001);
  });

  it('flags fewer than one in a hundred streams in which nothing turns', () => {
    const draw = normals('calm', 4);
    const random = randomOf('calm');
    let flagged = 0;
    for (let i = 0; i < 1000; i += 1) {
      const n = 20 + random.below(100);
      // Skewed, with many zeros, as scores are.
      const scores = Array.from({ length: n }, () => (random.chance(0.4) ? 0 : 0.2 + 0.4 * draw()));
      if (turnOf(voices(scores)) !== null) flagged += 1;
    }
    expect(flagged).toBeLessThanOrEqual(10);
  });

  it('needs enough voices, and a difference that matters', () => {
    expect(turnOf(voices(Array.from({ length: 19 }, (_, i) => (i < 10 ? 1 : -1))))).toBeNull();
    expect(turnOf(voices(Array.from({ length: 400 }, (_, i) => (i < 200 ? 0.05 : 0.1))))).toBeNull();
    expect(turnOf(voices(Array.from({ length: 40 }, () => 0)))).toBeNull();
  });
});

describe('campsOf', () => {
  it('finds two camps, and not one that is wide or on one side', () => {
    const draw = normals('camps', 5);
    const random = randomOf('camps');
    const sample = (of: () => number) => Array.from({ length: 80 }, of);
    const found = campsOf(sample(() => (random.chance(0.45) ? -0.5 : 0.5) + 0.15 * draw()));
    expect(found).toMatchObject({ negative: expect.any(Number), positive: expect.any(Number) });
    expect(found!.negative + found!.positive + found!.between).toBeCloseTo(1);
    expect(found!.between).toBeLessThan(0.1);
    let flagged = 0;
    for (let i = 0; i < 300; i += 1) {
      if (campsOf(sample(() => 0.2 * draw())) !== null) flagged += 1;
      if (campsOf(sample(() => 0.5 + 0.3 * draw())) !== null) flagged += 1;
      if (campsOf(sample(() => (random.chance(0.4) ? 0 : 0.4 * draw()))) !== null) flagged += 1;
    }
    expect(flagged).toBeLessThanOrEqual(3);
    expect(campsOf([-1, 1])).toBeNull();
  });
});

it('hears an author once', () => {
  const voices = voicesOf([
    post('a', 3, 'ann', 1),
    post('b', 1, 'ann', 0),
    post('c', 2, 'ben', -1),
    post('d', 0, 'eva', null),
  ]);
  expect(voices).toEqual([
    { author: 'ann', at: HOUR, score: 0.5 },
    { author: 'ben', at: 2 * HOUR, score: -1 },
  ]);
});
