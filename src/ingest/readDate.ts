// The time of a post, as the sources write it.

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?)?$/i;
/** Digits alone count as a Unix time from here on: 1973-03-03. Fewer could be a date or a year. */
const UNIX_SECONDS_FROM = 1e8;
/** And as milliseconds from here on: in seconds this would be the year 5138. */
const UNIX_MILLISECONDS_FROM = 1e11;
const LATEST = Date.UTC(2200, 0);
const DAY_MS = 86_400_000;

/** ISO 8601 (without a zone it is UTC), or a Unix time in seconds or milliseconds; undefined for anything else. */
export function readDate(value: unknown): Date | undefined {
  if (value instanceof Date) return within(value.getTime());
  if (typeof value === 'number') return readUnix(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d{9,14}(\.\d+)?$/.test(text)) return readUnix(Number(text));
  const match = ISO.exec(text);
  return match ? readIso(match) : undefined;
}

function readUnix(value: number): Date | undefined {
  if (!(value >= UNIX_SECONDS_FROM)) return undefined;
  return within(value < UNIX_MILLISECONDS_FROM ? value * 1000 : value);
}

function readIso([, year, month, day, hour, minute, second, fraction, zone]: RegExpExecArray): Date | undefined {
  const [h, m, s] = [hour, minute, second].map((part) => Number(part ?? 0)) as [number, number, number];
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // Date.UTC rolls 30 February over into March, month 0 back into December, and takes the year 70 for 1970.
  if (new Date(date).toISOString().slice(0, 10) !== `${year}-${month}-${day}`) return undefined;
  const milliseconds = Math.floor(Number(`0.${fraction ?? 0}`) * 1000);
  // 24:00:00 is the midnight at the end of a day, and no time follows it.
  if (h > 24 || m > 59 || s > 60 || (h === 24 && (m > 0 || s > 0 || milliseconds > 0))) return undefined;
  const offset = zone === undefined ? 0 : offsetMinutes(zone);
  if (offset === undefined) return undefined;
  const time = date + ((h * 60 + m - offset) * 60 + s) * 1000 + milliseconds;
  // Leap seconds are there at the end of a day in UTC alone.
  if (s === 60 && time % DAY_MS >= 1000) return undefined;
  return within(time);
}

function offsetMinutes(zone: string): number | undefined {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (!match) return 0;
  const [hours, minutes] = [Number(match[2]), Number(match[3] ?? 0)];
  // From -12:00 to +14:00 there are zones.
  if (hours > 14 || minutes > 59 || (hours === 14 && minutes > 0)) return undefined;
  return (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes);
}

function within(time: number): Date | undefined {
  return time >= 0 && time < LATEST ? new Date(Math.floor(time)) : undefined;
}
