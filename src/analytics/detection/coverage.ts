// When the stream was there: posts of a time before it was watched say nothing of what is usual.
import { HOUR } from './tuning.js';

/** Hours without a post through which the stream is still taken to have been there: a quiet night, not a lost day. */
const SILENCE = 12;
/** Time is looked at in half hours. */
export const SLOT = HOUR / 2;

export interface Coverage {
  /** Whether the stream was there in the half hour of this number (epoch milliseconds / SLOT). */
  has(slot: number): boolean;
  /** Hours of it. */
  readonly hours: number;
}

/** Where posts at these times, the oldest first, cover a stream up to now. */
export function coverageOf(times: readonly number[], now: number): Coverage {
  const slots = new Set<number>();
  for (const [i, at] of times.entries()) {
    const next = times[i + 1] ?? now;
    const until = next - at <= SILENCE * HOUR ? next : at;
    for (let slot = Math.floor(at / SLOT); slot <= Math.floor(until / SLOT); slot += 1) slots.add(slot);
  }
  return { has: (slot) => slots.has(slot), hours: (slots.size * SLOT) / HOUR };
}
