// When a report is due: cron with a time zone, by croner. A local time that a clock change skips is due when the clocks have changed; one that
// comes twice is due the first time.
import { Cron } from 'croner';
import { AppError } from '../errors.js';

export interface Schedule {
  /** Minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** Longest count of missed times that is told. */
const MOST_MISSED = 1000;

/** Throws AppError BAD_USER_INPUT where no schedule can be made of it, or none that ever comes. */
export function checkSchedule(schedule: Schedule): void {
  checkTimeZone(schedule.timeZone);
  if (!/^\S+( \S+){4}$/.test(schedule.cron.trim()))
    throw new AppError(
      'BAD_USER_INPUT',
      `cron: expected five fields such as "0 7 * * *", got ${JSON.stringify(schedule.cron)}`,
    );
  let next: Date | null;
  try {
    next = nextDue(schedule, new Date());
  } catch (cause) {
    const reason = (cause as Error).message.replace(/^CronPattern: /, '');
    throw new AppError('BAD_USER_INPUT', `cron: ${reason}`, { cause });
  }
  if (next === null) throw new AppError('BAD_USER_INPUT', `cron: ${JSON.stringify(schedule.cron)} never comes`);
}

/** Throws AppError BAD_USER_INPUT for what is no time zone. */
export function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (cause) {
    throw new AppError(
      'BAD_USER_INPUT',
      `timeZone: expected a name such as Europe/Berlin, got ${JSON.stringify(timeZone)}`,
      { cause },
    );
  }
}

/** The first time after a moment; null: it never comes. */
export function nextDue({ cron, timeZone }: Schedule, after: Date): Date | null {
  return cronOf({ cron, timeZone }).nextRun(after);
}

/**
 * What is to be made now of a report that was first due at `since`: the last time that has come, and how many before it were missed, since
 * nothing ran: a week of downtime is caught up once.
 */
export function dueNow(
  schedule: Schedule,
  { since, now }: { readonly since: Date; readonly now: Date },
): { readonly dueAt: Date; readonly missed: number } {
  const cron = cronOf(schedule);
  let missed = 0;
  for (let at = since; missed < MOST_MISSED; missed += 1) {
    const next: Date | null = cron.nextRun(at);
    if (next === null || next > now) return { dueAt: at, missed };
    at = next;
  }
  // The last one, however many there were.
  const [last] = cron.previousRuns(1, new Date(now.getTime() + 1));
  return { dueAt: last ?? since, missed };
}

function cronOf({ cron, timeZone }: Schedule): Cron {
  return new Cron(cron.trim(), { timezone: timeZone, paused: true, mode: '5-part' });
}
