// Who sends a row of the outbox: whoever has claimed it last. A claim holds for a time, so that what a killed worker left comes back.
import type { Pool } from 'pg';
import type { Delivery, Destination } from '../generated/client.js';

export interface ClaimedDelivery extends Pick<Delivery, 'id' | 'kind' | 'subjectId' | 'attempts' | 'createdAt'> {
  readonly destination: Pick<Destination, 'id' | 'name' | 'kind' | 'settings' | 'secret'>;
}

/**
 * The row that has been due for the longest, for `leaseMs`; null: none is due. Of two that ask at once each gets its own. The column keeps
 * milliseconds and rounds, so that what is due now may be written as due in half of one.
 */
export async function claimDelivery(pool: Pool, leaseMs: number): Promise<ClaimedDelivery | null> {
  const { rows } = await pool.query<ClaimedDelivery>(
    `UPDATE deliveries d SET attempts = d.attempts + 1, next_attempt_at = now() + $1::float8 * interval '1 ms'
     FROM destinations t
     WHERE t.id = d.destination_id AND d.id = (
       SELECT id FROM deliveries WHERE status = 'WAITING' AND next_attempt_at < now() + interval '1 ms'
       ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING d.id::text, d.kind, d.subject_id::text AS "subjectId", d.attempts, d.created_at AS "createdAt",
       jsonb_build_object('id', t.id, 'name', t.name, 'kind', t.kind, 'settings', t.settings, 'secret', t.secret) AS destination`,
    [leaseMs],
  );
  return rows[0] ?? null;
}

export type Settled =
  | { readonly status: 'DELIVERED'; readonly error: string | null }
  | { readonly status: 'FAILED'; readonly error: string }
  | { readonly status: 'WAITING'; readonly error: string; readonly delayMs: number };

/** Writes what became of it, unless another has claimed it since, or it was called back. Resolves to whether it did. */
export async function settleDelivery(
  pool: Pool,
  { id, attempts }: Pick<ClaimedDelivery, 'id' | 'attempts'>,
  settled: Settled,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE deliveries SET status = $3::"DeliveryStatus", error = $4,
       delivered_at = CASE WHEN $3 = 'DELIVERED' THEN now() END, next_attempt_at = now() + $5::float8 * interval '1 ms'
     WHERE id = $1 AND attempts = $2 AND status = 'WAITING'`,
    [id, attempts, settled.status, settled.error, settled.status === 'WAITING' ? settled.delayMs : 0],
  );
  return rowCount === 1;
}

/** Milliseconds until the next one is due; null: none waits. */
export async function nextDelivery(pool: Pool): Promise<number | null> {
  const { rows } = await pool.query<{ ms: number | null }>(
    `SELECT extract(epoch FROM min(next_attempt_at) - now())::float8 * 1000 AS ms FROM deliveries WHERE status = 'WAITING'`,
  );
  return rows[0]?.ms ?? null;
}
