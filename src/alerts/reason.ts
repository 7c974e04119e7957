// Why an alert was raised, in the words of the dashboard.
import type { AlertMetric } from '../db/generated/client.js';
import { type Reading, usualIn } from './metrics.js';

export interface ReasonOf {
  readonly metric: AlertMetric;
  readonly windowMinutes: number;
  readonly keywords: readonly string[];
}

/** "31 authors in 15 min, 9x what this hour usually brings". */
export function reasonOf({ metric, windowMinutes, keywords }: ReasonOf, reading: Reading): string {
  const { authors, score, opinion } = reading;
  const many = `${authors} ${authors === 1 ? 'author' : 'authors'}`;
  const span = spanInWords(windowMinutes);
  if (metric === 'KEYWORD') return `${many} said ${listed(keywords)} in ${span}`;
  if (metric === 'OPINION_SHIFT' && opinion.now !== null && opinion.before !== null)
    return `opinion went from ${signed(opinion.before)} (${opinion.beforeOf} posts) to ${signed(opinion.now)} (${opinion.nowOf} posts in ${span})`;
  const usual = usualIn(reading, windowMinutes);
  const times = authors / usual;
  const beside =
    usual < 0.1
      ? 'where next to none are usual'
      : times >= 1.5
        ? `${times >= 10 ? Math.round(times) : Number(times.toPrecision(2))}x what this hour usually brings`
        : `where ${Number(usual.toPrecision(2))} are usual`;
  return `${many} in ${span}, ${beside}${metric === 'SCORE' ? ` (surprise ${score.toFixed(1)})` : ''}`;
}

export function spanInWords(minutes: number): string {
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

function listed(keywords: readonly string[]): string {
  const shown = keywords.slice(0, 3).map((word) => `“${word}”`);
  const more = keywords.length - shown.length;
  return `${shown.join(' or ')}${more > 0 ? ` or ${more} more` : ''}`;
}

function signed(opinion: number): string {
  return `${opinion < 0 ? '−' : '+'}${Math.abs(opinion).toFixed(2)}`;
}
