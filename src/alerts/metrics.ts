// How much a hotspot has of what a rule asks for.
import type { AlertMetric } from '../db/generated/client.js';

/** A hotspot at a step of detection, by the posts that a rule looks at. */
export interface Reading {
  readonly hotspotId: string;
  /** Time of the step (ms). */
  readonly at: number;
  /** Surprise: -log10 of the probability that as much comes without it. */
  readonly score: number;
  /** Distinct evidence that an hour usually brings of it at this time. */
  readonly expected: number;
  /** Of the rule's window and filter. */
  readonly posts: number;
  readonly authors: number;
  /** Mean opinion of the window's posts, and of those before it, -1 to 1, with how many can be read. */
  readonly opinion: {
    readonly now: number | null;
    readonly nowOf: number;
    readonly before: number | null;
    readonly beforeOf: number;
  };
}

/** Voices on each side of a shift: fewer say what they say by chance. */
const VOICES = 8;
/** Distinct authors without whom a score is not of what a filter looks for. */
const AUTHORS = 2;
/** Less than one is usual of most hotspots: two where a tenth is usual have not grown twenty times. */
const LEAST_USUAL = 1;

/** What is usual in a window, of distinct evidence. */
export function usualIn({ expected }: Reading, windowMinutes: number): number {
  return (expected * windowMinutes) / 60;
}

/**
 * The metric's value: SCORE in powers of ten of surprise; GROWTH in times what is usual; AUTHORS and KEYWORD in distinct authors;
 * OPINION_SHIFT in points of opinion.
 */
export function metricValue(metric: AlertMetric, windowMinutes: number, reading: Reading): number {
  const { score, authors, opinion } = reading;
  switch (metric) {
    case 'SCORE':
      return authors < AUTHORS ? 0 : score;
    case 'GROWTH':
      return authors / Math.max(LEAST_USUAL, usualIn(reading, windowMinutes));
    case 'AUTHORS':
    case 'KEYWORD':
      return authors;
    case 'OPINION_SHIFT': {
      const { now, nowOf, before, beforeOf } = opinion;
      return now === null || before === null || nowOf < VOICES || beforeOf < VOICES ? 0 : Math.abs(now - before);
    }
  }
}
