// Whether an alert is to be raised now, by what there is and what was raised before.
import type { AlertState } from '../db/generated/client.js';

/** What a rule has raised of a hotspot so far. */
export interface Past {
  /** Its newest alert. */
  readonly last: { readonly state: AlertState; readonly at: number; readonly round: number } | null;
  /** When the newest alert was of what it was before, or of what became part of it (ms). */
  readonly kinAt: number | null;
}

export const NOTHING_YET: Past = { last: null, kinAt: null };

/** An alert is over when less than this share of the threshold is left: one that goes to and fro about it is one alert. */
const OVER = 0.5;

/** The state that it has come to at a time (ms); null: nothing new. */
export function judge(
  { threshold, cooldownMinutes }: { readonly threshold: number; readonly cooldownMinutes: number },
  { at, value }: { readonly at: number; readonly value: number },
  { last, kinAt }: Past,
): AlertState | null {
  if (last?.state === 'FIRING') return value < OVER * threshold ? 'RESOLVED' : null;
  if (value < threshold) return null;
  const before = Math.max(last?.at ?? Number.NEGATIVE_INFINITY, kinAt ?? Number.NEGATIVE_INFINITY);
  return at - before >= cooldownMinutes * 60_000 ? 'FIRING' : null;
}
