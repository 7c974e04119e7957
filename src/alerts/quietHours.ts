// Hours in which nobody wants to be called: by the clock on somebody's wall, through changes to and from summer time.
import { z } from 'zod';

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 22:00');
const DAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;
const NAMES: readonly string[] = DAYS;

export const quietSchema = z
  .object({
    /** When it begins. */
    from: clock,
    /** When it ends: where that is not later than `from`, on the next day. */
    to: clock,
    /** IANA's name. */
    timeZone: z.string().refine(isTimeZone, 'expected a time zone such as Europe/Berlin'),
    /** On which days it begins; of none on none. */
    days: z.array(z.enum(DAYS)).min(1).max(7),
  })
  .refine(
    ({ from, to, days }) => from !== to || new Set(days).size < DAYS.length,
    'from and to: the same on every day would be quiet for ever',
  );

export type Quiet = z.infer<typeof quietSchema>;

const MINUTE = 60_000;
/** Longest that it can be quiet: six whole days, and a night. */
const LONGEST = 8 * 24 * 60;

/** The end (ms) of the quiet hours that a moment (ms) lies in; null: it is not quiet. */
export function quietUntil(quiet: Quiet, now: number): number | null {
  const isQuiet = quietness(quiet);
  if (!isQuiet(now)) return null;
  let minute = Math.floor(now / MINUTE);
  const last = minute + LONGEST;
  // By quarters of an hour, which is what clocks are changed by at the least; then back to the minute.
  while (isQuiet(minute * MINUTE) && minute < last) minute += 15;
  while (!isQuiet((minute - 1) * MINUTE)) minute -= 1;
  return minute * MINUTE;
}

function quietness({ from, to, timeZone, days }: Quiet): (at: number) => boolean {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  const chosen = new Set<string>(days);
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const time = `${parts.hour}:${parts.minute}`;
    const today = parts.weekday!.toUpperCase();
    if (from < to) return chosen.has(today) && time >= from && time < to;
    const yesterday = NAMES[(NAMES.indexOf(today) + 6) % 7]!;
    return (chosen.has(today) && time >= from) || (chosen.has(yesterday) && time < to);
  };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
