// Are there keys, and may one of them rule?
import type { Pool } from 'pg';

export interface KeyState {
  /** Whether a key is there that was not revoked. One that has expired still keeps the door shut. */
  readonly any: boolean;
  /** Whether an admin's key is there that can be used. */
  readonly admin: boolean;
}

export async function keyState(pool: Pool): Promise<KeyState> {
  const { rows } = await pool.query<KeyState>(
    `SELECT count(*) > 0 AS "any", coalesce(bool_or(role = 'ADMIN' AND (expires_at IS NULL OR expires_at > now())), false) AS admin
     FROM api_keys WHERE revoked_at IS NULL`,
  );
  return rows[0]!;
}
