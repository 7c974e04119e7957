// What was deleted and must not come in again, by keys that say nothing of it.
import { createHmac, randomBytes } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { DeletionReason } from '../generated/client.js';

/** What makes a post the same post. */
export interface PostIdentity {
  readonly source: string;
  readonly nativeId: string;
}

export interface TombstoneRow {
  readonly reason: DeletionReason;
  readonly deletedAt: Date;
}

/** The function that makes a post's key: HMAC-SHA-256 under this database's secret, which is made at the first use. */
export async function postKeys(client: Pick<ClientBase, 'query'>): Promise<(post: PostIdentity) => Buffer> {
  const read = () => client.query<{ secret: Buffer }>('SELECT secret FROM tombstone_secret');
  let { rows } = await read();
  if (rows.length === 0) {
    await client.query('INSERT INTO tombstone_secret (id, secret) VALUES (1, $1) ON CONFLICT DO NOTHING', [
      randomBytes(32),
    ]);
    ({ rows } = await read());
  }
  const { secret } = rows[0]!;
  return ({ source, nativeId }) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([source, nativeId]))
      .digest();
}

/** The tombstone of each key, in their order; null where there is none. */
export async function tombstonesOf(
  client: Pick<ClientBase, 'query'>,
  keys: readonly Buffer[],
): Promise<(TombstoneRow | null)[]> {
  const { rows } = await client.query<TombstoneRow & { key: string }>(
    `SELECT encode(post_key, 'hex') AS key, reason, deleted_at AS "deletedAt" FROM tombstones WHERE post_key = ANY($1::bytea[])`,
    [keys],
  );
  const byKey = new Map(rows.map(({ key, ...tombstone }) => [key, tombstone]));
  return keys.map((key) => byKey.get(key.toString('hex')) ?? null);
}

/** Writes those that are not there yet: the first reason and time stay. Resolves to how many are new. */
export async function addTombstones(
  client: ClientBase,
  keys: readonly Buffer[],
  reason: DeletionReason,
): Promise<number> {
  const { rowCount } = await client.query(
    `INSERT INTO tombstones (post_key, reason) SELECT DISTINCT key, $2::"DeletionReason" FROM unnest($1::bytea[]) AS new (key)
     ON CONFLICT DO NOTHING`,
    [keys, reason],
  );
  return rowCount ?? 0;
}

/** Lets these posts come in again. Resolves to how many had been deleted. */
export async function forgetTombstones(client: ClientBase, keys: readonly Buffer[]): Promise<number> {
  const { rowCount } = await client.query('DELETE FROM tombstones WHERE post_key = ANY($1::bytea[])', [keys]);
  return rowCount ?? 0;
}
