// Destinations: without their secrets, but for whoever made one just now.
import type { ClientBase, Pool } from 'pg';
import { AppError } from '../../errors.js';
import type { Destination, DestinationKind } from '../generated/client.js';
import { sqlState } from '../retryTransaction.js';
import { uuidv7 } from '../uuidv7.js';

export type DestinationRow = Omit<Destination, 'secret'>;

const COLUMNS = `id::text, name, kind, settings, created_at AS "createdAt", updated_at AS "updatedAt", disabled_at AS "disabledAt"`;

export interface NewDestination {
  readonly name: string;
  readonly kind: DestinationKind;
  readonly settings: unknown;
  readonly secret: string | null;
}

/** Rejects with AppError CONFLICT where there is one of that name. */
export async function insertDestination(client: ClientBase, given: NewDestination): Promise<DestinationRow> {
  const { name, kind, settings, secret } = given;
  const { rows } = await client
    .query<DestinationRow>(
      `INSERT INTO destinations (id, name, kind, settings, secret) VALUES ($1, $2, $3::"DestinationKind", $4, $5) RETURNING ${COLUMNS}`,
      [uuidv7(), name, kind, JSON.stringify(settings), secret],
    )
    .catch(taken(name));
  return rows[0]!;
}

export interface DestinationChange {
  readonly name?: string | undefined;
  readonly settings?: unknown;
  readonly secret?: string | undefined;
  readonly enabled?: boolean | undefined;
}

/** Changes what is given; null where there is none. Rejects as insertDestination does. */
export async function updateDestination(
  client: ClientBase,
  id: string,
  { name, settings, secret, enabled }: DestinationChange,
): Promise<DestinationRow | null> {
  const { rows } = await client
    .query<DestinationRow>(
      `UPDATE destinations SET name = coalesce($2, name), settings = coalesce($3::jsonb, settings), secret = coalesce($4, secret),
         disabled_at = CASE WHEN $5::boolean IS NULL THEN disabled_at WHEN $5 THEN NULL ELSE coalesce(disabled_at, now()) END,
         updated_at = now()
       WHERE id = $1 RETURNING ${COLUMNS}`,
      [id, name ?? null, settings === undefined ? null : JSON.stringify(settings), secret ?? null, enabled ?? null],
    )
    .catch(taken(name ?? ''));
  return rows[0] ?? null;
}

/** Deletes it with its outbox. Resolves to whether there was one. */
export async function deleteDestination(client: ClientBase, id: string): Promise<boolean> {
  return (await client.query('DELETE FROM destinations WHERE id = $1', [id])).rowCount === 1;
}

/** All, by name. */
export async function allDestinations(pool: Pool): Promise<DestinationRow[]> {
  return (await pool.query<DestinationRow>(`SELECT ${COLUMNS} FROM destinations ORDER BY name, id`)).rows;
}

export async function destinationsByIds(db: Pool | ClientBase, ids: readonly string[]): Promise<DestinationRow[]> {
  return (await db.query<DestinationRow>(`SELECT ${COLUMNS} FROM destinations WHERE id = ANY($1::uuid[])`, [ids])).rows;
}

/** The feed whose token has this hash; null: none, or it is disabled. */
export async function feedByTokenHash(pool: Pool, hash: string): Promise<DestinationRow | null> {
  const { rows } = await pool.query<DestinationRow>(
    `SELECT ${COLUMNS} FROM destinations WHERE kind = 'FEED' AND secret = $1 AND disabled_at IS NULL`,
    [hash],
  );
  return rows[0] ?? null;
}

function taken(name: string): (error: unknown) => never {
  return (error) => {
    if (sqlState(error) !== '23505') throw error;
    throw new AppError('CONFLICT', `there is a destination called ${JSON.stringify(name)} already`, { cause: error });
  };
}
