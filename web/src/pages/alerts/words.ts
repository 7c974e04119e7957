// What the enums of alerts are called.

import { decimal } from '../../parts/numbers.js';
import type {
  AlertHold,
  AlertMetric,
  AlertRuleInput,
  AlertRuleLineFragment,
  DestinationKind,
} from '../../queries/documents.js';

export const METRICS: Readonly<
  Record<AlertMetric, { readonly name: string; readonly unit: string; readonly usual: number }>
> = {
  SCORE: { name: 'How unusual it is', unit: 'surprise, in powers of ten', usual: 3.5 },
  GROWTH: { name: 'Growth', unit: 'times what this hour usually brings', usual: 4 },
  AUTHORS: { name: 'Authors', unit: 'authors', usual: 10 },
  KEYWORD: { name: 'Words', unit: 'authors who say one of the words', usual: 3 },
  OPINION_SHIFT: { name: 'Shift of opinion', unit: 'points of opinion (its scale goes from −1 to +1)', usual: 0.4 },
};

export const KINDS: Readonly<Record<DestinationKind, string>> = {
  FOLDER: 'Folder',
  EMAIL: 'E-mail',
  WEBHOOK: 'Webhook',
  SLACK: 'Slack',
  FEED: 'Atom feed',
};

export const HOLDS: Readonly<Record<AlertHold, string>> = {
  SILENCED: 'silenced: not sent',
  QUIET: 'held in quiet hours',
  LATE: 'of a time long past: not sent',
};

/** "15 min", "3 h". */
export function span(minutes: number): string {
  if (minutes % 1440 === 0 && minutes > 0) return minutes === 1440 ? '1 day' : `${minutes / 1440} days`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

const ASKED: Readonly<Record<AlertMetric, (threshold: string) => string>> = {
  SCORE: (threshold) => `Surprise of ${threshold} or more, and two authors`,
  GROWTH: (threshold) => `Authors, ${threshold} times what the hour usually brings or more,`,
  AUTHORS: (threshold) => `${threshold} authors or more`,
  KEYWORD: (threshold) => `${threshold} authors or more`,
  OPINION_SHIFT: (threshold) => `Opinion that shifts by ${threshold} or more`,
};

/** What a rule asks for, in a line. */
export function ruleInWords(
  rule: Pick<AlertRuleLineFragment, 'metric' | 'threshold' | 'windowMinutes' | 'keywords' | 'sources' | 'languages'>,
): string {
  const { metric, threshold, windowMinutes, keywords, sources, languages } = rule;
  const parts = [`${ASKED[metric](decimal(threshold))} in ${span(windowMinutes)}`];
  if (keywords.length > 0) parts.push(`of posts that say ${keywords.join(' or ')}`);
  if (sources.length > 0) parts.push(`from ${sources.join(' or ')}`);
  if (languages.length > 0) parts.push(`in ${languages.join(' or ')}`);
  return parts.join(', ');
}

/** A rule as it is given back to the server: what it was asked for alone. */
export function asInput(rule: AlertRuleLineFragment, destinationIds: readonly string[]): AlertRuleInput {
  const { name, enabled, metric, threshold, windowMinutes, sources, languages, keywords } = rule;
  const { severity, cooldownMinutes, quiet, tellsEnd } = rule;
  const hours = quiet && { from: quiet.from, to: quiet.to, timeZone: quiet.timeZone, days: quiet.days };
  return {
    ...{ name, enabled, metric, threshold, windowMinutes, sources, languages, keywords, severity, cooldownMinutes },
    ...{ quiet: hours, tellsEnd, destinationIds: [...destinationIds] },
  };
}
