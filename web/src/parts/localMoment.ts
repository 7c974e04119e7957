/** A moment in the viewer's zone as a field for a date and time has it, such as `2026-03-28T01:30`. */
export function localMoment(at: string | number): string {
  const date = new Date(at);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 23);
  // Seconds only where there are some: the field shows them then.
  return local.replace(/(:00)?\.000$/, '');
}
