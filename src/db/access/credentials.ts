// Whose is this key, or this session? The database's clock decides what has expired: it is the same for all processes.
import type { Pool } from 'pg';
import type { Role } from '../generated/client.js';

export interface KeyHolder {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

const VALID = 'k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())';

/** The key of a prefix, to be compared by its hash; null where there is none. */
export async function keyByPrefix(
  pool: Pool,
  prefix: string,
): Promise<(KeyHolder & { readonly secretHash: string; readonly valid: boolean }) | null> {
  const { rows } = await pool.query<KeyHolder & { secretHash: string; valid: boolean }>(
    `SELECT k.id, k.name, k.role, k.secret_hash AS "secretHash", ${VALID} AS valid FROM api_keys k WHERE k.prefix = $1`,
    [prefix],
  );
  return rows[0] ?? null;
}

/** Whose session a token's hash is; null where there is none, or it or its key is no longer valid. */
export async function sessionHolder(pool: Pool, tokenHash: string): Promise<KeyHolder | null> {
  const { rows } = await pool.query<KeyHolder>(
    `SELECT k.id, k.name, k.role FROM sessions s JOIN api_keys k ON k.id = s.key_id
     WHERE s.token_hash = $1 AND s.expires_at > now() AND ${VALID}`,
    [tokenHash],
  );
  return rows[0] ?? null;
}

/** Of keys by id and sessions by hash those that are still valid. */
export async function validAmong(
  pool: Pool,
  { keyIds, tokenHashes }: { readonly keyIds: readonly string[]; readonly tokenHashes: readonly string[] },
): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ what: string }>(
    `SELECT k.id::text AS what FROM api_keys k WHERE k.id = ANY($1::uuid[]) AND ${VALID}
     UNION ALL
     SELECT s.token_hash::text FROM sessions s JOIN api_keys k ON k.id = s.key_id
     WHERE s.token_hash = ANY($2::bpchar[]) AND s.expires_at > now() AND ${VALID}`,
    [keyIds, tokenHashes],
  );
  return new Set(rows.map(({ what }) => what));
}

/** Notes that a key was used, at most once a minute. */
export async function noteKeyUse(pool: Pool, id: string): Promise<void> {
  await pool.query(
    `UPDATE api_keys SET last_used_at = now()
     WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
    [id],
  );
}
