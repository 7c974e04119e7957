import { describe, expect, it } from '@jest/globals';
import { changeOf } from '../../src/reports/hotspotReport/changes.js';
import { gapsOf } from '../../src/reports/hotspotReport/gaps.js';
import { before, readQuestion, windowOf } from '../../src/reports/hotspotReport/question.js';
import { percent, signed } from '../../src/reports/hotspotReport/wording.js';

const HOUR = 3_600_000;

describe('changeOf', () => {
  // (posts - before) / sqrt(posts + before) beyond 2: 16 and 4 differ by 2.7, 10 and 4 by 1.6.
  it.each([
    [16, 4, 'GREW'],
    [10, 4, 'STEADY'],
    [4, 16, 'COOLED'],
    [0, 5, 'COOLED'],
    [0, 4, 'STEADY'],
    [0, 0, 'STEADY'],
  ] as const)('tells %i posts after %i as %s', (posts, postsBefore, kind) => {
    expect(changeOf({ posts, postsBefore }, { isNew: false })).toBe(kind);
    expect(changeOf({ posts, postsBefore }, { isNew: true })).toBe('NEW');
  });
});

describe('gapsOf', () => {
  const until = new Date('2026-05-09T00:00:00Z');
  const window = { since: new Date(until.getTime() - 24 * HOUR), until };
  /** Two posts an hour by day and one by night over eight days, but for the hours that `silent` names, counted back from the end. */
  const hours = (source: string, silent: (back: number) => boolean, days = 8) =>
    Array.from({ length: 24 * days }, (_, i) => 24 * days - i).flatMap((back) => {
      const hour = new Date(until.getTime() - back * HOUR);
      return silent(back) ? [] : [{ source, hour, posts: hour.getUTCHours() < 6 ? 1 : 2 }];
    });

  it('tells the hours in which a source that usually posts was silent, and what is usual in them', () => {
    expect(
      gapsOf(
        hours('a', (back) => back <= 10 && back > 6),
        window,
      ),
    ).toEqual([
      { source: 'a', since: new Date('2026-05-08T14:00:00Z'), until: new Date('2026-05-08T18:00:00Z'), usual: 8 },
    ]);
    // To the end of the window.
    expect(
      gapsOf(
        hours('a', (back) => back <= 3),
        window,
      ),
    ).toMatchObject([{ until, usual: 6 }]);
  });

  it('does not tell a silence that chance explains, nor one that was usual, nor of a source of less than a day', () => {
    expect(
      gapsOf(
        hours('a', (back) => back <= 2),
        window,
      ),
    ).toEqual([]);
    expect(
      gapsOf(
        hours('a', (back) => back % 24 < 8),
        window,
      ),
    ).toEqual([]);
    expect(
      gapsOf(
        hours('a', (back) => back <= 10, 1),
        window,
      ),
    ).toEqual([]);
  });
});

describe('a question', () => {
  it('is about the day before it is due, and compared with the day before that', () => {
    const window = windowOf(readQuestion({}), new Date('2026-05-09T07:00:00Z'));
    expect(window).toEqual({ since: new Date('2026-05-08T07:00:00Z'), until: new Date('2026-05-09T07:00:00Z') });
    expect(before(window).since).toEqual(new Date('2026-05-07T07:00:00Z'));
  });

  it.each([
    [{ window: { since: '2026-05-02', until: '2026-05-01' } }, /window/],
    [{ filter: { text: 'a\0' } }, /filter: text: NUL/],
    [{ filter: { sauce: 'x' } }, /filter/],
    [{ grouping: 'MOOD' }, /grouping/],
  ])('says what is wrong with %j', (given, reason) => {
    expect(() => readQuestion(given)).toThrow(reason);
  });
});

describe('wording', () => {
  it('does not tell nearly all as all, nor nearly nothing as nothing', () => {
    expect([0, 0.001, 0.5, 0.999, 1].map(percent)).toEqual(['0 %', 'under 1 %', '50 %', 'over 99 %', '100 %']);
    expect([signed(1200), signed(-3), signed(0.001, 2)]).toEqual(['+1,200', '−3', '±0.00']);
  });
});
