// Sessions of browsers: opened with a key, ended by hand, by time, or with the key.
import type { Pool } from 'pg';

/** Opens a session for some hours, and forgets those that have ended; resolves to its end. */
export async function openSession(
  pool: Pool,
  { tokenHash, keyId, hours }: { readonly tokenHash: string; readonly keyId: string; readonly hours: number },
): Promise<Date> {
  await pool.query('DELETE FROM sessions WHERE expires_at <= now()');
  const { rows } = await pool.query<{ expiresAt: Date }>(
    `INSERT INTO sessions (token_hash, key_id, expires_at) VALUES ($1, $2, now() + make_interval(hours => $3))
     RETURNING expires_at AS "expiresAt"`,
    [tokenHash, keyId, hours],
  );
  return rows[0]!.expiresAt;
}

export async function endSession(pool: Pool, tokenHash: string): Promise<void> {
  await pool.query('DELETE FROM sessions WHERE token_hash = $1', [tokenHash]);
}
