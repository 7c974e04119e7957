// When things are posted: hours of the day, days of the week, and how an event rises and falls.
import type { Random } from '../training/scenes/random.js';
import type { Course } from './plots.js';
import type { Rhythm } from './topics.js';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** How awake the city is, 0.15 to about 1, at a time in ms (UTC): busy by day, busiest in the evening. */
export function awake(at: number): number {
  return 0.15 + 0.55 * bell(at, 13, 4) + 0.7 * bell(at, 20, 2.8);
}

/** How much of a topic there is at a time, against its mean over the hours of a day. */
export function tide({ peaks, width, weekend }: Rhythm, at: number): number {
  // A bell of this width has this mean over 24 hours: topics of sharp peaks are not smaller ones.
  const mean = (peaks.length * width * Math.sqrt(2 * Math.PI)) / 24;
  const day = new Date(at).getUTCDay();
  const now = peaks.reduce((sum, peak) => sum + bell(at, peak, width), 0.12);
  return (now / (0.12 + mean)) * (day === 0 || day === 6 ? weekend : 1);
}

/** 1 at hour `peak` of the day, less before and after. */
function bell(at: number, peak: number, width: number): number {
  const away = Math.abs((at % DAY) / HOUR - peak);
  return Math.exp(-0.5 * (Math.min(away, 24 - away) / width) ** 2);
}

/** Hours after which the fall of a course is down to 1/e. */
const FALL = 1 / 3;

/**
 * Hours from the start of an event at which one of its posts is made: it rises in a line (`steep`: as a cube, as what grows by word of
 * mouth does), and falls exponentially.
 */
export function moment({ rise, fall }: Course, random: Random, steep = false): number {
  const decay = fall * FALL;
  const [up, down] = [rise / (steep ? 3 : 2), decay * (1 - Math.exp(-1 / FALL))];
  if (random.next() * (up + down) < up) return rise * random.next() ** (steep ? 1 / 3 : 1 / 2);
  return rise - decay * Math.log(1 - random.next() * (1 - Math.exp(-1 / FALL)));
}
