// Times as reports write them.

/** "29 November 2026, 07:15" */
export function momentIn(timeZone: string, time: string | Date): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return format.format(new Date(time)).replace(' at ', ', ');
}

/** "07:15", for where the day is told already. */
export function clockIn(timeZone: string, time: string | Date): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    new Date(time),
  );
}

/** "28 November 2026, 07:00 to 29 November 2026, 07:00" */
export function spanIn(timeZone: string, { since, until }: { readonly since: string; readonly until: string }): string {
  return `${momentIn(timeZone, since)} to ${momentIn(timeZone, until)}`;
}
