import { describe, expect, it } from '@jest/globals';
import { type Quiet, quietSchema, quietUntil } from '../../src/alerts/quietHours.js';

const EVERY_DAY = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;
const night: Quiet = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin', days: [...EVERY_DAY] };
const weekend: Quiet = { from: '00:00', to: '00:00', timeZone: 'Europe/Berlin', days: ['SAT', 'SUN'] };

describe('quiet hours', () => {
  it.each([
    ['before them', night, '2026-03-12T20:59:00Z', null],
    ['their first minute', night, '2026-03-12T21:00:00Z', '2026-03-13T06:00:00Z'],
    ['after midnight', night, '2026-03-13T02:30:00Z', '2026-03-13T06:00:00Z'],
    ['their last minute', night, '2026-03-13T05:59:59Z', '2026-03-13T06:00:00Z'],
    ['their end', night, '2026-03-13T06:00:00Z', null],
    // Berlin goes to summer time at 01:00 UTC on 29 March 2026, and back at 01:00 UTC on 25 October.
    ['the short night', night, '2026-03-28T23:00:00Z', '2026-03-29T05:00:00Z'],
    ['the long night', night, '2026-10-24T22:00:00Z', '2026-10-25T06:00:00Z'],
    ['noon', { ...night, from: '12:00', to: '13:30' }, '2026-07-01T10:15:00Z', '2026-07-01T11:30:00Z'],
    ['an end that is no quarter', { ...night, to: '06:59' }, '2026-03-13T02:30:00Z', '2026-03-13T05:59:00Z'],
    ['Friday night of a weekend', weekend, '2026-03-13T22:59:00Z', null],
    ['Saturday', weekend, '2026-03-13T23:00:00Z', '2026-03-15T23:00:00Z'],
    ['Sunday', weekend, '2026-03-15T12:00:00Z', '2026-03-15T23:00:00Z'],
    ['the night after a day that is not chosen', { ...night, days: ['FRI'] }, '2026-03-13T02:30:00Z', null],
    ['the night after one that is', { ...night, days: ['FRI'] }, '2026-03-14T02:30:00Z', '2026-03-14T06:00:00Z'],
    ['half-hour zones', { ...night, timeZone: 'Asia/Kolkata' }, '2026-03-12T16:30:00Z', '2026-03-13T01:30:00Z'],
  ] as const)('%s', (_name, quiet, now, end) => {
    const until = quietUntil(quiet as Quiet, Date.parse(now));
    expect(until === null ? null : new Date(until).toISOString()).toBe(
      end === null ? null : new Date(end).toISOString(),
    );
  });

  it.each([
    [{ ...night, timeZone: 'Europe/Nowhere' }],
    [{ ...night, from: '24:00' }],
    [{ ...night, days: [] }],
    [{ ...night, to: night.from }],
  ])('are refused as %j', (quiet) => {
    expect(quietSchema.safeParse(quiet).success).toBe(false);
  });
});
