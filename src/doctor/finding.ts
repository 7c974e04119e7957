// What a look at one thing found.
import { codesOf, messageOf } from '../errors.js';

export interface Finding {
  /** What was looked at, in a word or two. */
  readonly check: string;
  /** warning: Hotlens runs, but somebody should know. failed: it does not, or not as it should. */
  readonly status: 'ok' | 'warning' | 'failed';
  readonly found: string;
  /** What to do, where there is something. */
  readonly next?: string;
}

export function ok(check: string, found: string): Finding {
  return { check, status: 'ok', found };
}

export function warning(check: string, found: string, next: string): Finding {
  return { check, status: 'warning', found, next };
}

export function failed(check: string, found: string, next: string): Finding {
  return { check, status: 'failed', found, next };
}

/** PostgreSQL: no such table, column or schema. */
const NOT_THERE = ['42P01', '42703', '3F000'];

/** What `look` finds; where it throws, that: one thing that cannot be looked at hides no other. */
export async function tried(check: string, look: () => Promise<Finding | readonly Finding[]>): Promise<Finding[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    if (codesOf(error).some((code) => NOT_THERE.includes(code)))
      return [warning(check, 'its tables are not there yet', 'start Hotlens: it makes them')];
    return [failed(check, `it cannot be looked at: ${messageOf(error)}`, 'see the reason')];
  }
}
