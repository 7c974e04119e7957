// How long a server asks to be left alone.

/** A stranger's word: nothing waits longer for it (ms). */
export const LONGEST_RETRY_AFTER_MS = 60 * 60_000;

/**
 * Milliseconds from `now` (ms since 1970) that the value of a Retry-After header names, in seconds or as an HTTP date
 * (RFC 9110, 10.2.3), from 0 to LONGEST_RETRY_AFTER_MS; undefined where there is none, or it is neither.
 */
export function readRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  const ms = /^\d{1,15}$/.test(text) ? Number(text) * 1000 : /GMT$/i.test(text) ? Date.parse(text) - now : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}
