// Which rows did an import refuse, and why?
import type { Pool } from 'pg';
import type { ImportRejection } from './generated/client.js';

export type RejectionRow = Omit<ImportRejection, 'id' | 'postKey'>;

/** The first `limit` rejected rows of each import, in their order. */
export async function rejectionsOfImports(
  pool: Pool,
  { importIds, limit }: { readonly importIds: readonly string[]; readonly limit: number },
): Promise<RejectionRow[]> {
  const { rows } = await pool.query<RejectionRow>(
    `SELECT j.import_id AS "importId", j.place, j.reason, j.excerpt
     FROM unnest($1::uuid[]) AS m (id)
     JOIN LATERAL (SELECT * FROM import_rejections WHERE import_id = m.id ORDER BY place, id LIMIT $2) j ON true
     ORDER BY j.import_id, j.place`,
    [importIds, limit],
  );
  return rows;
}
