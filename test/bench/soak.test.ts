// What bench/soak.js calls flat. The growth is worked out by a child process, for benches are no part of what is compiled.
import { execFileSync } from 'node:child_process';
import { expect, it } from '@jest/globals';

interface Growth {
  readonly early: number;
  readonly late: number;
  readonly slope: number;
}

/** Of a value by the hour, every tenth of an hour for a day. */
function growthOf(value: string): Growth {
  const script = `import { growthOf } from './bench/soak/growth.js';
    const samples = Array.from({ length: 241 }, (_, i) => ({ hour: i / 10, value: ((hour) => ${value})(i / 10) }));
    console.log(JSON.stringify(growthOf(samples)));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' }));
}

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
