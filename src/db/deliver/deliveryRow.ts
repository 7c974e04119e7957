// Rows of the outbox as they are listed.
import type { ClientBase, Pool } from 'pg';
import type { Delivery, DeliveryKind, DeliveryStatus } from '../generated/client.js';

export type DeliveryRow = Delivery;

export interface DeliveriesFilter {
  readonly status?: DeliveryStatus | undefined;
  readonly kind?: DeliveryKind | undefined;
  readonly subjectId?: string | undefined;
}

export const DELIVERY_COLUMNS = `id::text, destination_id::text AS "destinationId", kind, subject_id::text AS "subjectId", status, attempts,
  next_attempt_at AS "nextAttemptAt", error, created_at AS "createdAt", delivered_at AS "deliveredAt"`;

const FILTER = `($1::text IS NULL OR status = $1::"DeliveryStatus") AND ($2::text IS NULL OR kind = $2::"DeliveryKind")
  AND ($3::uuid IS NULL OR subject_id = $3)`;

function parametersOf({ status, kind, subjectId }: DeliveriesFilter) {
  return [status ?? null, kind ?? null, subjectId ?? null];
}

/** At most `limit` rows behind `after`, the newest first. */
export async function deliveriesPage(
  pool: Pool,
  {
    limit,
    after,
    filter,
  }: {
    readonly limit: number;
    readonly after?: { createdAt: Date; id: string } | undefined;
    readonly filter: DeliveriesFilter;
  },
): Promise<{ readonly rows: DeliveryRow[]; readonly more: boolean }> {
  const { rows } = await pool.query<DeliveryRow>(
    `SELECT ${DELIVERY_COLUMNS} FROM deliveries
     WHERE ${FILTER} AND ($5::timestamptz IS NULL OR (created_at, id) < ($5, $6::uuid))
     ORDER BY created_at DESC, id DESC LIMIT $4`,
    [...parametersOf(filter), limit + 1, after?.createdAt ?? null, after?.id ?? null],
  );
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

export async function deliveriesCount(pool: Pool, filter: DeliveriesFilter): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM deliveries WHERE ${FILTER}`,
    parametersOf(filter),
  );
  return rows[0]!.count;
}

/** What lies in a feed: the newest that have come into it, with the time at which they did. */
export async function feedDeliveries(
  pool: Pool,
  { destinationId, limit }: { readonly destinationId: string; readonly limit: number },
): Promise<(DeliveryRow & { readonly deliveredAt: Date })[]> {
  const { rows } = await pool.query<DeliveryRow & { deliveredAt: Date }>(
    `SELECT ${DELIVERY_COLUMNS} FROM deliveries WHERE destination_id = $1 AND status = 'DELIVERED'
     ORDER BY delivered_at DESC, id DESC LIMIT $2`,
    [destinationId, limit],
  );
  return rows;
}

/** When it was put into the outbox; now, where it is gone. */
export async function deliveryAt(pool: Pool, id: string): Promise<Date> {
  const { rows } = await pool.query<{ at: Date }>('SELECT created_at AS at FROM deliveries WHERE id = $1', [id]);
  return rows[0]?.at ?? new Date();
}

/** Sends these again, whatever became of them. Resolves to those that are waiting now. */
export async function retryDeliveries(client: ClientBase, ids: readonly string[]): Promise<DeliveryRow[]> {
  const { rows } = await client.query<DeliveryRow>(
    `UPDATE deliveries SET status = 'WAITING', attempts = 0, next_attempt_at = now(), error = NULL, delivered_at = NULL
     WHERE id = ANY($1::uuid[]) RETURNING ${DELIVERY_COLUMNS}`,
    [ids],
  );
  return rows;
}
