// When was a person's decision carried out?
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';

const PATIENCE_MS = 5000;
const POLL_MS = 50;

/** The hotspot that a decision made, or kept; null where it made none, or is not carried out within seconds. */
export async function waitForDecision(pool: Pool, id: string): Promise<string | null> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(POLL_MS)) {
    const { rows } = await pool.query<{ done: boolean; madeId: string | null }>(
      `SELECT done_at IS NOT NULL AS done, made_id AS "madeId" FROM hotspot_decisions WHERE id = $1`,
      [id],
    );
    if (rows[0] === undefined || rows[0].done) return rows[0]?.madeId ?? null;
  }
  return null;
}
