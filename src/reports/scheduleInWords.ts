// A schedule as people say it.

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** "every day at 07:00, Europe/Berlin"; what has no such words is told as cron. */
export function scheduleInWords(cron: string | null, timeZone: string): string {
  if (cron === null) return 'by hand';
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = cron.split(' ');
  return `${inWords({ minute, hour, day, month, weekday }) ?? `cron ${cron}`}, ${timeZone}`;
}

interface Fields {
  readonly minute: string;
  readonly hour: string;
  readonly day: string;
  readonly month: string;
  readonly weekday: string;
}

function inWords({ minute, hour, day, month, weekday }: Fields): string | undefined {
  if (!/^\d{1,2}$/.test(minute) || month !== '*') return undefined;
  const everyDay = day === '*' && weekday === '*';
  if (hour === '*') return everyDay ? `every hour at ${minute.padStart(2, '0')} minutes past` : undefined;
  if (!/^\d{1,2}$/.test(hour)) return undefined;
  const at = `at ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  if (everyDay) return `every day ${at}`;
  if (day === '*' && weekday === '1-5') return `every working day ${at}`;
  if (day === '*' && /^[0-7]$/.test(weekday)) return `every ${DAYS[Number(weekday)]} ${at}`;
  if (weekday === '*' && /^\d{1,2}$/.test(day)) return `every month on day ${day} ${at}`;
  return undefined;
}
