// How a hotspot's life goes on: it grows, cools, and ends.
import { distinctEvidence } from './distinct.js';
import { idsOf, type Transition } from './finding.js';
import { type Hotspot, newestFirst } from './hotspot.js';
import type { Post } from './post.js';
import { HOUR, type Tuning } from './tuning.js';

/** Hours over which a hotspot's strength is taken. */
export const FRESH_HOURS = 3;
/** It has grown at so many times the strength that was last told of, and cooled at such a part of it; and by as much at least. */
const GROWN = 2;
const COOLED = 1 / 3;
const STEP = 5;

/** Members of the last hours, the newest first. */
export function freshMembers({ members }: Hotspot, now: number): Post[] {
  return newestFirst(members).filter(({ at }) => now - at < FRESH_HOURS * HOUR);
}

/** What has become of a living hotspot since it was last told of; null: nothing new. Its state is set to ended where it has. */
export function lifeOf(hotspot: Hotspot, now: number, { core, endHours }: Tuning): Transition | null {
  const members = newestFirst(hotspot.members);
  const sure = members.find(({ evidence }) => evidence >= core);
  const say = (event: Transition['event'], reason: string, posts: readonly Post[]): Transition => ({
    type: 'hotspot',
    at: now,
    hotspot: hotspot.id,
    event,
    score: hotspot.score,
    reason,
    posts: idsOf(posts),
  });
  if (sure === undefined || now - sure.at > endHours * HOUR) {
    hotspot.state = 'ended';
    hotspot.score = 0;
    return say('ended', `no post for ${endHours} hours that is surely of it`, members.slice(0, 1));
  }
  const fresh = members.filter(({ at }) => now - at < FRESH_HOURS * HOUR);
  const strength = distinctEvidence(fresh);
  const { told } = hotspot;
  const change = () => `${evidenceInWords(fresh)} in ${FRESH_HOURS} hours, worth ${strength}, after ${told}`;
  if (strength >= GROWN * told && strength >= told + STEP) {
    hotspot.told = strength;
    return say('grew', change(), fresh);
  }
  if (strength <= COOLED * told && strength <= told - STEP) {
    hotspot.told = strength;
    return say('cooled', change(), fresh);
  }
  return null;
}

/** "12 posts (7 different) by 10 authors". */
export function evidenceInWords(posts: readonly Post[]): string {
  const authors = new Set(posts.map(({ author }) => author)).size;
  const pieces = new Set(posts.map(({ piece }) => piece)).size;
  return `${count(posts.length, 'post')} (${pieces} different) by ${count(authors, 'author')}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
