// Whether the outbox is well.
import type { Pool } from 'pg';

export interface OutboxState {
  /** Deliveries of the last week that were given up. */
  readonly failed: number;
  /** Destinations that are mail and are sent to. */
  readonly mail: number;
}

export async function outboxState(pool: Pool): Promise<OutboxState> {
  const { rows } = await pool.query<OutboxState>(
    `SELECT (SELECT count(*)::int FROM deliveries WHERE status = 'FAILED' AND created_at > now() - interval '7 days') AS failed,
       (SELECT count(*)::int FROM destinations WHERE kind = 'EMAIL' AND disabled_at IS NULL) AS mail`,
  );
  return rows[0]!;
}
