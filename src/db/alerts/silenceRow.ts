// Silences: what nobody wants to hear of for a while.
import type { ClientBase, Pool } from 'pg';
import type { Silence } from '../generated/client.js';
import { uuidv7 } from '../uuidv7.js';

export type SilenceRow = Silence;

const COLUMNS = `id::text, rule_id::text AS "ruleId", hotspot_id AS "hotspotId", until, reason, created_by AS "createdBy", created_at AS "createdAt"`;

export async function insertSilence(
  client: ClientBase,
  { ruleId, hotspotId, until, reason, createdBy }: Omit<SilenceRow, 'id' | 'createdAt'>,
): Promise<SilenceRow> {
  const { rows } = await client.query<SilenceRow>(
    `INSERT INTO silences (id, rule_id, hotspot_id, until, reason, created_by) VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${COLUMNS}`,
    [uuidv7(), ruleId, hotspotId, until, reason, createdBy],
  );
  return rows[0]!;
}

/** Lets it be over from now on; null where there is none that is not. */
export async function endSilence(client: ClientBase, id: string): Promise<SilenceRow | null> {
  const { rows } = await client.query<SilenceRow>(
    `UPDATE silences SET until = now() WHERE id = $1 AND until > now() RETURNING ${COLUMNS}`,
    [id],
  );
  return rows[0] ?? null;
}

export async function silenceById(db: Pool | ClientBase, id: string): Promise<SilenceRow | null> {
  return (await db.query<SilenceRow>(`SELECT ${COLUMNS} FROM silences WHERE id = $1`, [id])).rows[0] ?? null;
}

/** Those that hold now, the last to end first. */
export async function silencesNow(db: Pool | ClientBase): Promise<SilenceRow[]> {
  const { rows } = await db.query<SilenceRow>(
    `SELECT ${COLUMNS} FROM silences WHERE until > now() ORDER BY until DESC, id DESC LIMIT 1000`,
  );
  return rows;
}
