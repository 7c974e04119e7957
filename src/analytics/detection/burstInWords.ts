// What a burst is, in words.
import type { Burst } from './expectation.js';

/** "7 distinct authors and pieces in 3 hours, where 0.4 are usual at this time of the day" */
export function burstInWords({ evidence, hours, expected }: Burst): string {
  const span = hours === 1 ? 'in an hour' : `in ${hours} hours`;
  return `${evidence} distinct authors and pieces ${span}, where ${Number(expected.toPrecision(2))} are usual at this time of the day`;
}
