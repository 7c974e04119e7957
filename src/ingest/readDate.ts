// The time of a post, as the sources write it.

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?)?$/i;
/** Digits alone count as a Unix time from here on: 1973-03-03. Fewer could be a date or a year. */
const UNIX_SECONDS_FROM = 1e8;
/** And as milliseconds from here on: in seconds this would be the year 5138. */
const UNIX_MILLISECONDS_FROM = 1e11;
const LATEST = Date.UTC(2200, 0);

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
  // Date.UTC rolls 30 February over into March. Second 60 is a leap second.
  if (new Date(date).getUTCDate() !== Number(day) || Number(month) > 12 || h > 24 || m > 59 || s > 60) return undefined;
  const milliseconds = Math.floor(Number(`0.${fraction ?? 0}`) * 1000);
  const offset = zone === undefined ? 0 : offsetMinutes(zone);
  if (offset === undefined) return undefined;
  return within(date + ((h * 60 + m - offset) * 60 + s) * 1000 + milliseconds);
}

function offsetMinutes(zone: string): number | undefined {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (!match) return 0;
  const [hours, minutes] = [Number(match[2]), Number(match[3] ?? 0)];
  if (hours > 18 || minutes > 59) return undefined;
  return (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes);
}

function within(time: number): Date | undefined {
  return time >= 0 && time < LATEST ? new Date(Math.floor(time)) : undefined;
}
