// How long posts are kept, by their source.
import { AppError } from './errors.js';

export interface Retention {
  /** Of every source that is not named, in milliseconds; null: for ever. */
  readonly ms: number | null;
  readonly sources: readonly { readonly source: string; readonly ms: number | null }[];
}

export const KEEP_ALL: Retention = Object.freeze({ ms: null, sources: [] });

const UNITS = { h: 3_600_000, d: 86_400_000 } as const;

/**
 * Reads "90d,bluesky=30d,archive=keep": a span of days or hours for all sources, others for those that are named, `keep` for ever.
 * Throws an Error that says which part is wrong.
 */
export function readRetention(text: string): Retention {
  let all: number | null | undefined;
  const sources = new Map<string, number | null>();
  for (const part of text.split(',').map((one) => one.trim())) {
    const [, source, span] = /^(?:([^=]*)=)?([^=]*)$/.exec(part) ?? [];
    const ms = spanOf(span?.trim() ?? '');
    const name = source?.trim();
    if (ms === undefined || name === '')
      throw new AppError('CONFIG', `expected spans such as 90d,bluesky=30d,archive=keep, got ${JSON.stringify(part)}`);
    if (name === undefined ? all !== undefined : sources.has(name))
      throw new AppError('CONFIG', `${name ?? 'the span of all sources'} is given twice`);
    if (name === undefined) all = ms;
    else sources.set(name, ms);
  }
  return { ms: all ?? null, sources: [...sources].map(([source, ms]) => ({ source, ms })) };
}

function spanOf(text: string): number | null | undefined {
  if (text === 'keep') return null;
  const [, count, unit] = /^(\d{1,6})([hd])$/.exec(text) ?? [];
  const ms = unit === undefined ? 0 : Number(count) * UNITS[unit as keyof typeof UNITS];
  return ms > 0 ? ms : undefined;
}

/** How long posts of a source are kept, in milliseconds; null: for ever. */
export function keptFor({ ms, sources }: Retention, source: string): number | null {
  const named = sources.find((one) => one.source === source);
  return named === undefined ? ms : named.ms;
}

/** The longest that any post is kept, in milliseconds; null: for ever. */
export function longestKept({ ms, sources }: Retention): number | null {
  const spans = [ms, ...sources.map((one) => one.ms)];
  return spans.includes(null) ? null : Math.max(...(spans as number[]));
}
