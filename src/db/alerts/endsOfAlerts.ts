// When alerts ended.
import type { Pool } from 'pg';

export interface EndOfAlert {
  readonly id: string;
  /** In the time of the stream. */
  readonly at: Date;
}

/** SQL: alert `r` is the end of alert `a`. */
export const ENDS = `r.rule_id = a.rule_id AND r.hotspot_id = a.hotspot_id AND r.round = a.round AND r.state = 'RESOLVED'`;

/** Of those of these that fired and ended. */
export async function endsOfAlerts(pool: Pool, ids: readonly string[]): Promise<EndOfAlert[]> {
  const { rows } = await pool.query<EndOfAlert>(
    `SELECT a.id::text, r.at FROM alerts a JOIN alerts r ON ${ENDS} WHERE a.id = ANY($1::uuid[]) AND a.state = 'FIRING'`,
    [ids],
  );
  return rows;
}
