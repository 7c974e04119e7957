// What is to be sent goes into the outbox in the transaction of what it tells of.
import type { ClientBase } from 'pg';
import type { DeliveryKind } from '../generated/client.js';
import { uuidv7 } from '../uuidv7.js';

export interface Parcel {
  readonly kind: DeliveryKind;
  /** The alert, or the run of a report. */
  readonly subjectId: string;
  /** Those that are gone or disabled are passed over. */
  readonly destinationIds: readonly string[];
  /** Held until then. */
  readonly notBefore?: Date | undefined;
}

/** Writes a row for every destination, once for the same thing. Resolves to how many are new: add a job of `deliver`, and wake it. */
export async function queueDeliveries(client: ClientBase, parcels: readonly Parcel[]): Promise<number> {
  const rows = parcels.flatMap(({ kind, subjectId, destinationIds, notBefore }) =>
    [...new Set(destinationIds)].map((destinationId) => ({ id: uuidv7(), destinationId, kind, subjectId, notBefore })),
  );
  if (rows.length === 0) return 0;
  const { rowCount } = await client.query(
    `INSERT INTO deliveries (id, destination_id, kind, subject_id, next_attempt_at)
     SELECT r.id, d.id, r.kind::"DeliveryKind", r."subjectId", coalesce(r."notBefore", now())
     FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, "destinationId" uuid, kind text, "subjectId" uuid, "notBefore" timestamptz)
     JOIN destinations d ON d.id = r."destinationId" AND d.disabled_at IS NULL
     ON CONFLICT (destination_id, kind, subject_id) DO NOTHING`,
    [JSON.stringify(rows)],
  );
  return rowCount ?? 0;
}
