// How unusual a hotspot is: what it has brought of late, against what earlier days brought that it would have taken.
import { type Burst, burstAmong, expected, type Measure } from './expectation.js';
import { explained } from './explain.js';
import { type Hotspot, newestFirst } from './hotspot.js';
import type { Stream } from './stream.js';
import { quantile } from './surprise.js';
import { HOUR } from './tuning.js';

/** Distinct evidence of the last hours that a listed hotspot has. */
export const LISTED_EVIDENCE = 3;
/** Hours before its birth, and before now, from which posts may be of the hotspot itself. */
const OWN = { born: 6, now: 12 };

/** Hours after which a hotspot's own posts are usual too: what comes every day is not news for ever. */
const EVERYDAY_HOURS = 72;

/** Finds the posts of earlier days that a hotspot would have taken, its own of days ago among them. */
export function lookAtUsual(hotspot: Hotspot, stream: Stream, now: number): void {
  const { tuning } = stream;
  const sure = newestFirst(hotspot.members)
    .filter(({ evidence }) => evidence >= tuning.core)
    .slice(0, tuning.exemplars)
    .map((post) => explained(hotspot, post, stream))
    .sort((a, b) => a - b);
  const middle = sure[sure.length >> 1] ?? 0;
  const least = Math.max(tuning.member, -tuning.hitPrior);
  hotspot.levels = [...new Set(tuning.hitShares.map((share) => Math.max(least, share * middle)))];
  const from = now - tuning.history * HOUR;
  const before = Math.min(hotspot.born - OWN.born * HOUR, now - OWN.now * HOUR);
  const everyday = now - EVERYDAY_HOURS * HOUR;
  const until = Math.max(before, everyday);
  const own = lives(hotspot);
  const posts = stream.since(from).flatMap((post) => {
    if (post.at >= until || (post.hotspot !== null && (!own.has(post.hotspot) || post.at >= everyday))) return [];
    const evidence = explained(hotspot, post, stream);
    return evidence > hotspot.levels[0]! ? [{ at: post.at, evidence }] : [];
  });
  hotspot.usual = { posts, from, until };
}

/** It and its earlier lives. */
function lives(hotspot: Hotspot): ReadonlySet<Hotspot> {
  const found = new Set<Hotspot>();
  for (let one: Hotspot | null = hotspot; one !== null && !found.has(one); one = one.earlier) found.add(one);
  return found;
}

/** The most surprising burst among its members; null where they are too few. */
export function burstIn({ members, usual, levels }: Hotspot, { coverage, tuning }: Stream, now: number): Burst | null {
  const measure: Measure = { now, coverage, tuning };
  return burstAmong([...members], usual, { ...measure, levels, least: LISTED_EVIDENCE });
}

/** "worth 12 in 3 hours, where 1.4 are usual at this time". */
export function burstInWords({ evidence, hours, expected }: Burst): string {
  return `worth ${evidence} in ${hours === 1 ? 'an hour' : `${hours} hours`}, where ${Number(expected.toPrecision(2))} are usual at this time of the day`;
}

/** A count that is expected, and bounds of it. */
export interface Band {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

/** What the last hour usually brings of a hotspot, with the bounds of nine in ten such hours. */
export function usualHour({ usual, levels }: Hotspot, { coverage, tuning }: Stream, now: number): Band {
  const sure = usual.posts.filter(({ evidence }) => evidence > (levels[0] ?? 0));
  const mean = expected({ ...usual, posts: sure }, 1, { now, coverage, tuning });
  const of = { mean, size: tuning.dispersion };
  return { expected: mean, low: quantile(0.05, of), high: quantile(0.95, of) };
}
