// What a rule would have raised of what is known: for whoever is making one.
import type { Pool } from 'pg';
import { detectionTime } from '../db/alerts/detectionTime.js';
import { hotspotReadings } from '../db/alerts/hotspotReadings.js';
import { type Kin, kinOfReadings } from '../db/alerts/kinOfReadings.js';
import { judge, type Past } from './judge.js';
import { metricValue } from './metrics.js';
import { reasonOf } from './reason.js';
import type { RuleSettings } from './rule.js';

export interface PreviewedAlert {
  readonly hotspotId: string;
  readonly at: Date;
  readonly value: number;
  readonly reason: string;
  readonly posts: number;
  readonly authors: number;
}

export interface Preview {
  readonly since: Date;
  readonly until: Date;
  /** In the order of time. */
  readonly alerts: readonly PreviewedAlert[];
}

const DAY_MS = 24 * 3_600_000;

/** The last days up to detection's last step. Null before its first. */
export async function previewRule(pool: Pool, rule: RuleSettings, days: number): Promise<Preview | null> {
  const until = await detectionTime(pool);
  if (until === null) return null;
  const since = new Date(until.getTime() - days * DAY_MS);
  const readings = await hotspotReadings(pool, rule, { from: since, to: until });
  const kin = await kinOfReadings(pool, [...new Set(readings.map(({ hotspotId }) => hotspotId))]);
  const alerts: PreviewedAlert[] = [];
  const last = new Map<string, Past['last']>();
  const fired = new Map<string, number>();
  for (const reading of readings) {
    const { hotspotId, at, posts, authors } = reading;
    const value = metricValue(rule.metric, rule.windowMinutes, reading);
    const before = last.get(hotspotId) ?? null;
    const state = judge(rule, { at, value }, { last: before, kinAt: kinAt(kin.get(hotspotId), fired, at) });
    if (state === null) continue;
    last.set(hotspotId, { state, at, round: (before?.round ?? 0) + (state === 'FIRING' ? 1 : 0) });
    if (state !== 'FIRING') continue;
    fired.set(hotspotId, at);
    alerts.push({ hotspotId, at: new Date(at), value, reason: reasonOf(rule, reading), posts, authors });
  }
  return { since, until, alerts };
}

function kinAt(kin: readonly Kin[] | undefined, fired: ReadonlyMap<string, number>, at: number): number | null {
  const times = (kin ?? []).flatMap(({ id, since }) => (since.getTime() <= at ? (fired.get(id) ?? []) : []));
  return times.length === 0 ? null : Math.max(...times);
}
