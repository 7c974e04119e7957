// How many posts a topic usually brings in a span of hours, from what earlier days brought around this hour of the day.

import { type Coverage, SLOT } from './coverage.js';
import { distinctEvidence } from './distinct.js';
import type { Post } from './post.js';
import { surprise } from './surprise.js';
import { HOUR, type Tuning } from './tuning.js';

/** A burst: `evidence` distinct in the last `hours`, where `expected` are usual. */
export interface Burst {
  readonly hours: number;
  readonly evidence: number;
  readonly expected: number;
  /** -log10 of the probability of so much or more. */
  readonly score: number;
}

/** Posts of earlier days that are like those that are asked about, and the time in which they were looked for. */
export interface Usual {
  readonly posts: readonly { readonly at: number; readonly evidence: number }[];
  readonly from: number;
  readonly until: number;
}

/** What a burst is measured by. */
export interface Measure {
  readonly now: number;
  readonly coverage: Coverage;
  readonly tuning: Tuning;
}

/** Hours to each side of a span that count as the same time of the day. */
const MARGIN = 1;
/** How much a working day says of a weekend's day, and the other way round, where there was one of the same kind. */
const OTHER_KIND = 1 / 3;
/** Posts that are taken to have been missed of a topic in all its hours (Jeffreys' prior of a rate), and by chance in any span. */
const UNSEEN = 0.5;
const STRAY = 0.1;
/** What each level of sureness more costs, in powers of ten: of several looks one is more likely to see something. */
const LOOK = 0.3;

/**
 * Expected posts in the `hours` before `now`: what this time of the day brought on earlier days, those of the same kind (working
 * days or weekends, by UTC) first, drawn towards the mean of all hours as if that had been seen for `drawn` more hours.
 */
export function expected({ posts, from, until }: Usual, hours: number, { now, coverage, tuning }: Measure): number {
  const drawn = tuning.drawnHours;
  const middle = now - (hours / 2) * HOUR;
  const reach = hours / 2 + MARGIN;
  const sameTime = (at: number) => {
    const apart = (Math.abs(middle - at) / HOUR) % 24;
    return Math.min(apart, 24 - apart) < reach;
  };
  const weekend = isWeekend(middle);
  const seen = { alike: { posts: 0, hours: 0 }, other: { posts: 0, hours: 0 } };
  const kindOf = (at: number) => (isWeekend(at) === weekend ? seen.alike : seen.other);
  for (const { at } of posts) if (sameTime(at)) kindOf(at).posts += 1;
  let allHours = 0;
  for (let slot = Math.floor(from / SLOT); (slot + 0.5) * SLOT < until; slot += 1) {
    if (!coverage.has(slot)) continue;
    const at = (slot + 0.5) * SLOT;
    allHours += SLOT / HOUR;
    if (sameTime(at)) kindOf(at).hours += SLOT / HOUR;
  }
  const share = seen.alike.hours > 0 ? OTHER_KIND : 1;
  const same = seen.alike.posts + share * seen.other.posts;
  const sameHours = seen.alike.hours + share * seen.other.hours;
  const flat = posts.length / Math.max(12, allHours);
  return hours * ((same + flat * drawn + UNSEEN) / (sameHours + drawn)) + STRAY;
}

function isWeekend(at: number): boolean {
  return new Date(at).getUTCDay() % 6 === 0;
}

/** The most surprising burst among the spans; null where there is not `least` evidence in any. */
export function burstOf(
  posts: readonly Post[],
  usual: Usual,
  { least, ...measure }: Measure & { readonly least: number },
): Burst | null {
  const { now, tuning } = measure;
  let best: Burst | null = null;
  for (const hours of tuning.spans) {
    const evidence = Math.floor(distinctEvidence(posts.filter(({ at }) => now - at < hours * HOUR)));
    if (evidence < least) continue;
    const mean = expected(usual, hours, measure);
    const score = surprise(evidence, { mean, size: tuning.dispersion });
    if (best === null || score > best.score) best = { hours, evidence, expected: mean, score };
  }
  return best;
}

/**
 * The most surprising burst among levels of sureness too: at each only posts that are explained so well count, today's and
 * earlier days' alike, so that neither what strayed in nor what was hardly alike blurs the comparison.
 */
export function burstAmong(
  posts: readonly Post[],
  usual: Usual,
  { levels, ...options }: Measure & { readonly levels: readonly number[]; readonly least: number },
): Burst | null {
  let best: Burst | null = null;
  for (const [i, level] of levels.entries()) {
    const sure = posts.filter(({ evidence }) => evidence > level);
    const burst = burstOf(sure, { ...usual, posts: usual.posts.filter(({ evidence }) => evidence > level) }, options);
    if (burst === null) continue;
    const score = burst.score - i * LOOK;
    if (best === null || score > best.score) best = { ...burst, score };
  }
  return best;
}
