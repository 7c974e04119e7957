// What a rule has raised of hotspots so far.
import type { ClientBase } from 'pg';
import type { Past } from '../../alerts/judge.js';
import type { AlertState } from '../generated/client.js';

/** By hotspot; of those that nothing was raised of, nor of their kin, nothing. */
export async function pastAlerts(
  client: ClientBase,
  { ruleId, hotspotIds }: { readonly ruleId: string; readonly hotspotIds: readonly string[] },
): Promise<ReadonlyMap<string, Past>> {
  const { rows } = await client.query<{
    hotspotId: string;
    state: AlertState | null;
    at: Date | null;
    round: number | null;
    kinAt: Date | null;
  }>(
    `SELECT h.id AS "hotspotId", own.state, own.at, own.round, kin.at AS "kinAt" FROM hotspots h
     LEFT JOIN LATERAL (
       SELECT state, at, round FROM alerts a WHERE a.rule_id = $1 AND a.hotspot_id = h.id
       ORDER BY round DESC, state DESC LIMIT 1
     ) own ON true
     LEFT JOIN LATERAL (
       SELECT max(a.at) AS at FROM alerts a JOIN hotspots k ON k.id = a.hotspot_id
       WHERE a.rule_id = $1 AND a.state = 'FIRING' AND (k.merged_into_id = h.id OR k.id = h.earlier_id)
     ) kin ON true
     WHERE h.id = ANY($2::text[]) AND (own.at IS NOT NULL OR kin.at IS NOT NULL)`,
    [ruleId, hotspotIds],
  );
  return new Map(
    rows.map(({ hotspotId, state, at, round, kinAt }) => [
      hotspotId,
      {
        last: state === null ? null : { state, at: at!.getTime(), round: round! },
        kinAt: kinAt?.getTime() ?? null,
      },
    ]),
  );
}

export interface Over {
  readonly hotspotId: string;
  readonly round: number;
  /** What it became part of; null: it ended. */
  readonly intoId: string | null;
}

/** Hotspots that are over and whose newest alert still fires. */
export async function overAlerts(client: ClientBase, ruleId: string): Promise<Over[]> {
  const { rows } = await client.query<Over>(
    `SELECT a.hotspot_id AS "hotspotId", a.round, h.merged_into_id AS "intoId" FROM alerts a JOIN hotspots h ON h.id = a.hotspot_id
     WHERE a.rule_id = $1 AND a.state = 'FIRING' AND h.state <> 'LIVING'
       AND NOT EXISTS (SELECT FROM alerts r WHERE r.rule_id = $1 AND r.hotspot_id = a.hotspot_id AND r.round = a.round AND r.state = 'RESOLVED')`,
    [ruleId],
  );
  return rows;
}
