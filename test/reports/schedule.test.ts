import { describe, expect, it } from '@jest/globals';
import { checkSchedule, dueNow, nextDue } from '../../src/reports/schedule.js';
import { scheduleInWords } from '../../src/reports/scheduleInWords.js';

const berlin = { cron: '30 2 * * *', timeZone: 'Europe/Berlin' };
function times(schedule: typeof berlin, after: string, count: number): string[] {
  const found: string[] = [];
  for (let at = new Date(after); found.length < count; ) {
    at = nextDue(schedule, at)!;
    found.push(at.toISOString());
  }
  return found;
}

describe('a schedule', () => {
  it('runs once on the day on which its local time does not exist, when the clocks have changed', () => {
    // In Berlin 02:00 is followed by 03:00 on 29 March 2026.
    expect(times(berlin, '2026-03-28T12:00:00Z', 2)).toEqual(['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z']);
  });

  it('runs once on the day on which its local time comes twice, the first time', () => {
    // 03:00 is followed by 02:00 on 25 October 2026.
    expect(times(berlin, '2026-10-24T12:00:00Z', 2)).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']);
  });

  it('stays at its local time across a change', () => {
    const morning = { cron: '0 7 * * *', timeZone: 'Europe/Berlin' };
    expect(times(morning, '2026-10-24T12:00:00Z', 2)).toEqual(['2026-10-25T06:00:00.000Z', '2026-10-26T06:00:00.000Z']);
  });

  it('is caught up once after a downtime, at the last time that has come', () => {
    const since = new Date('2026-05-01T00:30:00Z');
    const due = (now: string) => dueNow(berlin, { since, now: new Date(now) });
    expect(due('2026-05-01T00:30:00Z')).toEqual({ dueAt: since, missed: 0 });
    expect(due('2026-05-02T00:29:59Z')).toEqual({ dueAt: since, missed: 0 });
    expect(due('2026-05-08T12:00:00Z')).toEqual({ dueAt: new Date('2026-05-08T00:30:00Z'), missed: 7 });
  });

  it('is caught up once after any downtime, at the last time too', () => {
    const each = { cron: '* * * * *', timeZone: 'UTC' };
    const since = new Date('2026-01-01T00:00:00Z');
    expect(dueNow(each, { since, now: new Date('2026-05-01T00:00:30Z') })).toEqual({
      dueAt: new Date('2026-05-01T00:00:00Z'),
      missed: 1000,
    });
  });

  it.each([
    ['* * * *', 'UTC', /cron: expected five fields/],
    ['* * * * * *', 'UTC', /cron: expected five fields/],
    ['61 * * * *', 'UTC', /cron: Invalid value for minute/],
    ['0 0 31 2 *', 'UTC', /cron: "0 0 31 2 \*" never comes/],
    ['0 7 * * *', 'Mars/Olympus', /timeZone: expected a name such as/],
  ])('is not made of %j in %s', (cron, timeZone, reason) => {
    expect(() => checkSchedule({ cron, timeZone })).toThrow(reason);
  });

  it.each([
    ['0 7 * * *', 'every day at 07:00, Europe/Berlin'],
    ['5 * * * *', 'every hour at 05 minutes past, Europe/Berlin'],
    ['30 18 * * 5', 'every Friday at 18:30, Europe/Berlin'],
    ['0 7 * * 1-5', 'every working day at 07:00, Europe/Berlin'],
    ['0 9 1 * *', 'every month on day 1 at 09:00, Europe/Berlin'],
    ['*/20 3 * 2 *', 'cron */20 3 * 2 *, Europe/Berlin'],
    [null, 'by hand'],
  ])('%j is told as %s', (cron, words) => {
    expect(scheduleInWords(cron, 'Europe/Berlin')).toBe(words);
  });
});
