// Keys as they are listed: without their secrets' hashes.
import type { ClientBase, Pool } from 'pg';
import type { ApiKey, Role } from '../generated/client.js';
import { uuidv7 } from '../uuidv7.js';

export type ApiKeyRow = Omit<ApiKey, 'secretHash'>;

const COLUMNS = `id, name, role, prefix, created_at AS "createdAt", expires_at AS "expiresAt", revoked_at AS "revokedAt",
  last_used_at AS "lastUsedAt"`;

export interface NewApiKey {
  readonly name: string;
  readonly role: Role;
  readonly prefix: string;
  readonly secretHash: string;
  readonly expiresAt: Date | null;
}

export async function insertApiKey(client: ClientBase, key: NewApiKey): Promise<ApiKeyRow> {
  const { rows } = await client.query<ApiKeyRow>(
    `INSERT INTO api_keys (id, name, role, prefix, secret_hash, expires_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${COLUMNS}`,
    [uuidv7(), key.name, key.role, key.prefix, key.secretHash, key.expiresAt],
  );
  return rows[0]!;
}

/** Revokes a key for good, and ends its sessions; null where there is none. Revoked again, it keeps its time. */
export async function revokeApiKey(client: ClientBase, id: string): Promise<ApiKeyRow | null> {
  const { rows } = await client.query<ApiKeyRow>(
    `UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING ${COLUMNS}`,
    [id],
  );
  await client.query('DELETE FROM sessions WHERE key_id = $1', [id]);
  return rows[0] ?? null;
}

export async function apiKeyById(db: Pool | ClientBase, id: string): Promise<ApiKeyRow | null> {
  const { rows } = await db.query<ApiKeyRow>(`SELECT ${COLUMNS} FROM api_keys WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

/** At most `limit` keys behind `after`, newest first. */
export async function apiKeysPage(
  pool: Pool,
  { limit, after }: { readonly limit: number; readonly after?: { createdAt: Date; id: string } | undefined },
): Promise<{ readonly rows: ApiKeyRow[]; readonly more: boolean }> {
  const { rows } = await pool.query<ApiKeyRow>(
    `SELECT ${COLUMNS} FROM api_keys
     WHERE $2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid)
     ORDER BY created_at DESC, id DESC LIMIT $1`,
    [limit + 1, after?.createdAt ?? null, after?.id ?? null],
  );
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}
