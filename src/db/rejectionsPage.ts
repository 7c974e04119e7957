// Which rows did one import refuse? In the order of their places.
import type { Pool } from 'pg';
import type { RejectionRow } from './rejectionsOfImports.js';

export interface RejectionPlace {
  readonly place: number;
  readonly id: string;
}

export type PlacedRejection = RejectionRow & RejectionPlace;

/** At most `limit` rejections behind `after`. */
export async function rejectionsPage(
  pool: Pool,
  {
    importId,
    limit,
    after,
  }: { readonly importId: string; readonly limit: number; readonly after?: RejectionPlace | undefined },
): Promise<{ readonly rows: PlacedRejection[]; readonly more: boolean }> {
  const { rows } = await pool.query<PlacedRejection>(
    `SELECT id::text, import_id AS "importId", place, reason, excerpt FROM import_rejections
     WHERE import_id = $1 AND ($2::bigint IS NULL OR (place, id) > ($2::bigint, $3::uuid))
     ORDER BY place, id LIMIT $4`,
    [importId, after?.place ?? null, after?.id ?? null, limit + 1],
  );
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}
