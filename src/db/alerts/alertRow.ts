// Alerts, written and listed.
import type { ClientBase, Pool } from 'pg';
import type { Alert, AlertState } from '../generated/client.js';
import { ENDS } from './endsOfAlerts.js';

export type AlertRow = Alert;

const COLUMNS = `a.id::text, a.rule_id::text AS "ruleId", a.rule_name AS "ruleName", a.severity, a.hotspot_id AS "hotspotId", a.round, a.state, a.at,
  a.raised_at AS "raisedAt", a.value, a.threshold, a.reason, a.post_ids::text[] AS "postIds", a.posts, a.authors, a.hold,
  a.held_until AS "heldUntil", a.digest_id::text AS "digestId"`;

/** Writes those that are not there yet, and resolves to their ids: what another has raised already is not raised again. */
export async function insertAlerts(
  client: ClientBase,
  alerts: readonly Omit<AlertRow, 'raisedAt'>[],
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO alerts (id, rule_id, rule_name, severity, hotspot_id, round, state, at, value, threshold, reason, post_ids, posts, authors, hold,
       held_until, digest_id)
     SELECT id, "ruleId", "ruleName", severity, "hotspotId", round, state::"AlertState", at, value, threshold, reason,
       ARRAY(SELECT jsonb_array_elements_text("postIds")::uuid), posts, authors, hold::"AlertHold", "heldUntil", "digestId"
     FROM jsonb_to_recordset($1::jsonb) AS n (id uuid, "ruleId" uuid, "ruleName" text, severity int, "hotspotId" text, round int, state text,
       at timestamptz, value float8, threshold float8, reason text, "postIds" jsonb, posts int, authors int, hold text, "heldUntil" timestamptz,
       "digestId" uuid)
     ON CONFLICT (rule_id, hotspot_id, round, state) DO NOTHING RETURNING id::text`,
    [JSON.stringify(alerts)],
  );
  return rows.map(({ id }) => id);
}

/** The alert whose message, when it is quiet no longer, tells of all that the rule raised until then; null: there is none yet. */
export async function quietLead(
  client: ClientBase,
  { ruleId, heldUntil }: { readonly ruleId: string; readonly heldUntil: Date },
): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT digest_id::text AS id FROM alerts WHERE rule_id = $1 AND hold = 'QUIET' AND held_until = $2 AND digest_id IS NOT NULL LIMIT 1`,
    [ruleId, heldUntil],
  );
  return rows[0]?.id ?? null;
}

/** All that a message tells of: its own alert first, then those that it stands for, the newest first. */
export async function alertsOfMessage(pool: Pool, subjectId: string): Promise<AlertRow[]> {
  const { rows } = await pool.query<AlertRow>(
    `SELECT ${COLUMNS} FROM alerts a WHERE a.id = $1 OR a.digest_id = $1 ORDER BY a.id <> $1, a.at DESC, a.id DESC`,
    [subjectId],
  );
  return rows;
}

export interface AlertsFilter {
  readonly state?: AlertState | undefined;
  /** Whether it fired, has not ended, and its rule is there still. */
  readonly firing?: boolean | undefined;
  readonly ruleId?: string | undefined;
  readonly hotspotId?: string | undefined;
}

const FILTER = `($1::text IS NULL OR a.state = $1::"AlertState") AND ($2::uuid IS NULL OR a.rule_id = $2)
  AND ($3::text IS NULL OR a.hotspot_id = $3)
  AND ($4::boolean IS NULL OR $4 = (a.state = 'FIRING' AND a.rule_id IS NOT NULL AND NOT EXISTS (SELECT FROM alerts r WHERE ${ENDS})))`;

function parametersOf({ state, ruleId, hotspotId, firing }: AlertsFilter) {
  return [state ?? null, ruleId ?? null, hotspotId ?? null, firing ?? null];
}

/** At most `limit` rows behind `after`, the newest in the time of the stream first. */
export async function alertsPage(
  pool: Pool,
  {
    limit,
    after,
    filter,
  }: {
    readonly limit: number;
    readonly after?: { at: Date; id: string } | undefined;
    readonly filter: AlertsFilter;
  },
): Promise<{ readonly rows: AlertRow[]; readonly more: boolean }> {
  const { rows } = await pool.query<AlertRow>(
    `SELECT ${COLUMNS} FROM alerts a WHERE ${FILTER} AND ($6::timestamptz IS NULL OR (a.at, a.id) < ($6, $7::uuid))
     ORDER BY a.at DESC, a.id DESC LIMIT $5`,
    [...parametersOf(filter), limit + 1, after?.at ?? null, after?.id ?? null],
  );
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

export async function alertsCount(pool: Pool, filter: AlertsFilter): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM alerts a WHERE ${FILTER}`,
    parametersOf(filter),
  );
  return rows[0]!.count;
}

export async function alertsByIds(pool: Pool, ids: readonly string[]): Promise<AlertRow[]> {
  return (await pool.query<AlertRow>(`SELECT ${COLUMNS} FROM alerts a WHERE a.id = ANY($1::uuid[])`, [ids])).rows;
}

/** Of each hotspot its alerts, the newest first, at most `limit`. */
export async function alertsOfHotspots(
  pool: Pool,
  { hotspotIds, limit }: { readonly hotspotIds: readonly string[]; readonly limit: number },
): Promise<AlertRow[]> {
  const { rows } = await pool.query<AlertRow>(
    `SELECT a.* FROM unnest($1::text[]) AS wanted (id) JOIN LATERAL (
       SELECT ${COLUMNS} FROM alerts a WHERE a.hotspot_id = wanted.id ORDER BY a.at DESC, a.id DESC LIMIT $2
     ) a ON true`,
    [hotspotIds, limit],
  );
  return rows;
}
