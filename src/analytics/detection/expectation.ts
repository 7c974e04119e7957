// How many posts a topic usually brings in a span of hours, from what earlier days brought around this hour of the day.
import type { Post } from './post.js';
import { surprise } from './surprise.js';
import { HOUR, type Tuning } from './tuning.js';
import { clamp } from './explain.js';
import { distinctEvidence } from './distinct.js';

/** A burst: `evidence` distinct in the last `hours`, where `expected` are usual. */
export interface Burst {
  readonly hours: number;
  readonly evidence: number;
  readonly expected: number;
  /** -log10 of the probability of so much or more. */
  readonly score: number;
}

/** Days that are known, at a time, of a stream that began at `start`. */
function knownDays(now: number, start: number): number {
  return clamp((now - start) / HOUR / 24 - 0.5, 0.5, 7);
}

/** Expected posts in the `hours` before `now`, given the earlier posts that are like them. */
export function expected(usual: readonly Post[], { now, start, hours }: { now: number; start: number; hours: number }): number {
  let sameHour = 0;
  let any = 0;
  const middle = now - (hours / 2) * HOUR;
  for (const { at } of usual) {
    if (now - at < 12 * HOUR) continue;
    any += 1;
    const apart = ((middle - at) / HOUR) % 24;
    if (Math.min(apart, 24 - apart) < hours / 2 + 1) sameHour += 1;
  }
  const days = knownDays(now, start);
  const same = ((sameHour / days) * hours) / (hours + 2);
  const flat = ((any / days) * hours) / 24;
  return Math.max(0.7 * same + 0.3 * flat, 0.3 * flat) + 0.15;
}

/** The most surprising burst among the spans; null where there is not `least` evidence in any. */
export function burstOf(
  posts: readonly Post[],
  usual: readonly Post[],
  { now, start, least, tuning }: { now: number; start: number; least: number; tuning: Tuning },
): Burst | null {
  let best: Burst | null = null;
  for (const hours of tuning.spans) {
    const evidence = Math.floor(distinctEvidence(posts.filter(({ at }) => now - at < hours * HOUR)));
    if (evidence < least) continue;
    const mean = expected(usual, { now, start, hours });
    const score = surprise(evidence, { mean, size: tuning.dispersion });
    if (best === null || score > best.score) best = { hours, evidence, expected: mean, score };
  }
  return best;
}
