// What bench/soak.js calls flat. It is worked out by a child process: benches are no part of what is compiled.
import { execFileSync } from 'node:child_process';
import { expect, it } from '@jest/globals';

function evaluate(script: string): unknown {
  const given = ['--input-type=module', '--eval', `${script}; console.log(JSON.stringify(result));`];
  return JSON.parse(execFileSync(process.execPath, given, { encoding: 'utf8' }));
}

/** Of a value by the hour, every tenth of an hour for a day. */
const growthOf = (value: string) =>
  evaluate(`import { growthOf } from './bench/soak/growth.js';
    const at = (hour) => ({ hour, value: ${value} });
    const result = growthOf(Array.from({ length: 241 }, (_, i) => at(i / 10)))`);

/** What is wrong with a soak in which these grow by so much an hour. */
const wrongWith = (gains: Readonly<Record<string, number>>, logBytes = 128 << 20) =>
  evaluate(`import { verdict } from './bench/soak/verdict.js';
    const gains = ${JSON.stringify(gains)};
    const of = (name, first, hour) => first + (gains[name] ?? 0) * hour;
    const at = (hour) => ({
      hour, there: 1000, database: of('database', 1e8, hour), wal: of('wal', 2e8, hour), media: of('media', 1e7, hour),
      processes: new Map([['start', { rss: of('rss', 5e8, hour), files: Math.floor(of('files', 30, hour)) }]]),
      tables: new Map([
        ['posts', { bytes: of('bytes', 1e7, hour), rows: 1000, dead: 0 }],
        ['tombstones', { bytes: 1e6 + 1e5 * hour, rows: 1e4 + 1e3 * hour, dead: 0 }],
        ['removed_posts', { bytes: 1e5, rows: of('rows', 150, hour), dead: 0 }],
      ]),
    });
    const result = verdict(Array.from({ length: 97 }, (_, i) => at(i / 4)), { logBytes: ${logBytes} }).wrong`);

it('growth is what comes after the warm-up, by medians of quarters and by a line', () => {
  // Quarters of 24 hours: the second has its middle at 9, the last at 21; the line goes from 6 to 24.
  const leak = growthOf('100 + hour');
  expect(leak).toEqual({ early: 109, late: 121, slope: expect.closeTo(18, 9) });
  const warm = growthOf('hour < 6 ? 10 * hour : 60');
  expect(warm).toEqual({ early: 60, late: 60, slope: expect.closeTo(0, 9) });
});

it('a peak does not hide a leak, nor is it one', () => {
  const peak = growthOf('hour > 10 && hour < 10.5 ? 1000 : 100');
  expect(peak).toMatchObject({ early: 100, late: 100 });
  expect(growthOf('(hour > 10 && hour < 10.5 ? 1000 : 100) + hour')).toMatchObject({ early: 109, late: 121 });
});

it('says nothing of a soak that is flat but for what is kept by the day, and names each thing that grows', () => {
  expect(wrongWith({})).toEqual([]);
  for (const [gains, named] of [
    [{ rss: 3e6 }, 'resident memory of start grew'],
    [{ files: 0.5 }, 'open files of start grew from 34 to 40'],
    [{ bytes: 1e5 }, 'table posts is bloated'],
    [{ rows: 2 }, 'rows of removed_posts grew'],
    [{ database: 1e6 }, 'database grew'],
    [{ wal: 2e6 }, 'wal grew'],
    [{ media: 1e5 }, 'media grew'],
  ] as const)
    expect(wrongWith(gains)).toEqual([expect.stringContaining(named)]);
  // What the database lets its log grow to is no growth.
  expect(wrongWith({ wal: 2e6 }, 1 << 30)).toEqual([]);
});
