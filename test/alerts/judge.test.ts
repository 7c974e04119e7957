import { describe, expect, it } from '@jest/globals';
import { judge, NOTHING_YET, type Past } from '../../src/alerts/judge.js';
import { metricValue, type Reading } from '../../src/alerts/metrics.js';
import { reasonOf } from '../../src/alerts/reason.js';
import { readRule } from '../../src/alerts/rule.js';

const MINUTE = 60_000;
const rule = { threshold: 4, cooldownMinutes: 60 };
const fired = (at: number): Past => ({ last: { state: 'FIRING', at, round: 1 }, kinAt: null });
const over = (at: number): Past => ({ last: { state: 'RESOLVED', at, round: 1 }, kinAt: null });

describe('an alert', () => {
  it('fires from the threshold on, once, and is over below half of it', () => {
    expect(judge(rule, { at: 0, value: 3.9 }, NOTHING_YET)).toBe(null);
    expect(judge(rule, { at: 0, value: 4 }, NOTHING_YET)).toBe('FIRING');
    for (const value of [4, 3, 2, 9]) expect(judge(rule, { at: 900 * MINUTE, value }, fired(0))).toBe(null);
    expect(judge(rule, { at: MINUTE, value: 1.9 }, fired(0))).toBe('RESOLVED');
  });

  it('fires again after its cooldown and not before, and that of its kin', () => {
    expect(judge(rule, { at: 59 * MINUTE, value: 9 }, over(0))).toBe(null);
    expect(judge(rule, { at: 60 * MINUTE, value: 9 }, over(0))).toBe('FIRING');
    expect(judge(rule, { at: 59 * MINUTE, value: 9 }, { last: null, kinAt: 0 })).toBe(null);
    expect(judge(rule, { at: 60 * MINUTE, value: 9 }, { last: null, kinAt: 0 })).toBe('FIRING');
  });
});

const reading: Reading = {
  ...{ hotspotId: 'h1', at: 0, score: 5.25, expected: 13.8, posts: 40, authors: 31 },
  opinion: { now: -0.34, nowOf: 31, before: 0.21, beforeOf: 54 },
};

describe('a metric', () => {
  it.each([
    ['SCORE', 5.25],
    ['GROWTH', 31 / 3.45],
    ['AUTHORS', 31],
    ['KEYWORD', 31],
    ['OPINION_SHIFT', 0.55],
  ] as const)('%s of a reading is %s', (metric, value) => {
    expect(metricValue(metric, 15, reading)).toBeCloseTo(value, 10);
  });

  it('is nothing where too few speak for it', () => {
    expect(metricValue('SCORE', 15, { ...reading, authors: 1 })).toBe(0);
    expect(metricValue('OPINION_SHIFT', 15, { ...reading, opinion: { ...reading.opinion, nowOf: 7 } })).toBe(0);
    // Less than one is usual: two authors have not grown forty times.
    expect(metricValue('GROWTH', 60, { ...reading, expected: 0.05, authors: 2 })).toBe(2);
  });
});

describe('a reason', () => {
  const of = { windowMinutes: 15, keywords: ['mill', 'fire'] };
  it.each([
    ['AUTHORS', reading, '31 authors in 15 min, 9x what this hour usually brings'],
    ['SCORE', reading, '31 authors in 15 min, 9x what this hour usually brings (surprise 5.3)'],
    ['GROWTH', { ...reading, expected: 0.1 }, '31 authors in 15 min, where next to none are usual'],
    ['GROWTH', { ...reading, authors: 1, expected: 6 }, '1 author in 15 min, where 1.5 are usual'],
    ['KEYWORD', reading, '31 authors said “mill” or “fire” in 15 min'],
    ['OPINION_SHIFT', reading, 'opinion went from +0.21 (54 posts) to −0.34 (31 posts in 15 min)'],
  ] as const)('of %s says what there is beside what is usual', (metric, read, words) => {
    expect(reasonOf({ ...of, metric }, read)).toBe(words);
  });
});

describe('a rule', () => {
  const good = {
    ...{ name: 'Fire', enabled: true, metric: 'SCORE', threshold: 4, windowMinutes: 60, sources: [], languages: [] },
    ...{ keywords: [], severity: 5, cooldownMinutes: 60, quiet: null, tellsEnd: false, destinationIds: [] },
  };

  it.each([
    ['threshold', { threshold: 0 }],
    ['threshold', { threshold: Number.NaN }],
    ['threshold', { metric: 'OPINION_SHIFT', threshold: 3 }],
    ['keywords', { metric: 'KEYWORD', threshold: 3 }],
    ['windowMinutes', { windowMinutes: 10 }],
    ['severity', { severity: 11 }],
    ['name', { name: ' \u202e ' }],
    ['keywords', { keywords: Array(51).fill('x') }],
    ['sources', { sources: ['a\0b'] }],
    [
      'quiet',
      {
        quiet: { from: '22:00', to: '22:00', timeZone: 'UTC', days: ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] },
      },
    ],
  ])('is refused for its %s', (name, change) => {
    expect(() => readRule({ ...good, ...change })).toThrow(name);
  });

  it('is kept as one line without marks that turn others', () => {
    expect(readRule({ ...good, name: 'a\u202e\nb' }).name).toBe('a b');
  });
});
