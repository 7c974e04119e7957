// Rules of alerts.
import type { ClientBase, Pool } from 'pg';
import type { RuleSettings } from '../../alerts/rule.js';
import { AppError } from '../../errors.js';
import { sqlState } from '../retryTransaction.js';
import { uuidv7 } from '../uuidv7.js';

export interface AlertRuleRow extends RuleSettings {
  readonly id: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const COLUMNS = `id::text, name, enabled, metric, threshold, window_minutes AS "windowMinutes", sources, languages, keywords, severity,
  cooldown_minutes AS "cooldownMinutes", quiet, tells_end AS "tellsEnd", destination_ids::text[] AS "destinationIds",
  created_at AS "createdAt", updated_at AS "updatedAt"`;

const SET = `name = $2, enabled = $3, metric = $4::"AlertMetric", threshold = $5, window_minutes = $6, sources = $7::text[],
  languages = $8::text[], keywords = $9::text[], severity = $10, cooldown_minutes = $11, quiet = $12::jsonb, tells_end = $13,
  destination_ids = $14::uuid[], updated_at = now()`;

function values(id: string, rule: RuleSettings): unknown[] {
  const { name, enabled, metric, threshold, windowMinutes, sources, languages, keywords } = rule;
  const { severity, cooldownMinutes, quiet, tellsEnd, destinationIds } = rule;
  const words = [sources, languages, keywords];
  const told = quiet === null ? null : JSON.stringify(quiet);
  return [
    ...[id, name, enabled, metric, threshold, windowMinutes, ...words],
    ...[severity, cooldownMinutes, told, tellsEnd, destinationIds],
  ];
}

/** All, by name. */
export async function allAlertRules(pool: Pool): Promise<AlertRuleRow[]> {
  return (await pool.query<AlertRuleRow>(`SELECT ${COLUMNS} FROM alert_rules ORDER BY name, id`)).rows;
}

/** Those that are on, the most severe first. */
export async function enabledAlertRules(client: ClientBase): Promise<AlertRuleRow[]> {
  const { rows } = await client.query<AlertRuleRow>(
    `SELECT ${COLUMNS} FROM alert_rules WHERE enabled ORDER BY severity DESC, id`,
  );
  return rows;
}

export async function alertRulesByIds(db: Pool | ClientBase, ids: readonly string[]): Promise<AlertRuleRow[]> {
  return (await db.query<AlertRuleRow>(`SELECT ${COLUMNS} FROM alert_rules WHERE id = ANY($1::uuid[])`, [ids])).rows;
}

/** Rejects with AppError CONFLICT where there is one of that name. */
export async function insertAlertRule(client: ClientBase, rule: RuleSettings): Promise<AlertRuleRow> {
  const id = uuidv7();
  await client
    .query(
      `INSERT INTO alert_rules (id, name, enabled, metric, threshold, window_minutes, sources, languages, keywords, severity,
         cooldown_minutes, quiet, tells_end, destination_ids)
       VALUES ($1, $2, $3, $4::"AlertMetric", $5, $6, $7::text[], $8::text[], $9::text[], $10, $11, $12::jsonb, $13, $14::uuid[])`,
      values(id, rule),
    )
    .catch(taken(rule.name));
  return (await alertRulesByIds(client, [id]))[0]!;
}

/** Everything anew; null where there is none. Rejects as insertAlertRule does. */
export async function updateAlertRule(
  client: ClientBase,
  id: string,
  rule: RuleSettings,
): Promise<AlertRuleRow | null> {
  const { rows } = await client
    .query<AlertRuleRow>(`UPDATE alert_rules SET ${SET} WHERE id = $1 RETURNING ${COLUMNS}`, values(id, rule))
    .catch(taken(rule.name));
  return rows[0] ?? null;
}

/** Its alerts stay, under its name. Resolves to whether there was one. */
export async function deleteAlertRule(client: ClientBase, id: string): Promise<boolean> {
  return (await client.query('DELETE FROM alert_rules WHERE id = $1', [id])).rowCount === 1;
}

function taken(name: string): (error: unknown) => never {
  return (error) => {
    if (sqlState(error) !== '23505') throw error;
    throw new AppError('CONFLICT', `there is a rule called ${JSON.stringify(name)} already`, { cause: error });
  };
}
