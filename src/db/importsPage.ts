// What came in, and what was refused? Imports newest first, and the rows that they rejected.
import type { Pool } from 'pg';

export interface ImportRow {
  readonly id: string;
  readonly origin: string;
  readonly status: 'RUNNING' | 'COMPLETED' | 'FAILED';
  readonly accepted: number;
  readonly updated: number;
  readonly rejected: number;
  readonly error: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

export interface RejectionRow {
  readonly importId: string;
  readonly place: number;
  readonly reason: string;
  readonly excerpt: string;
}

export interface ImportPlace {
  readonly startedAt: Date;
  readonly id: string;
}

const IMPORT_COLUMNS = `m.id, m.origin, m.status, m.accepted, m.updated, m.rejected, m.error,
  m.started_at AS "startedAt", m.finished_at AS "finishedAt"`;

/** At most `limit` imports behind `after`. */
export async function importsPage(
  pool: Pool,
  { limit, after }: { readonly limit: number; readonly after?: ImportPlace | undefined },
): Promise<{ readonly rows: ImportRow[]; readonly more: boolean }> {
  const { rows } = await pool.query<ImportRow>(
    `SELECT ${IMPORT_COLUMNS} FROM imports m
     WHERE $1::timestamptz IS NULL OR (m.started_at, m.id) < ($1::timestamptz, $2::uuid)
     ORDER BY m.started_at DESC, m.id DESC LIMIT $3`,
    [after?.startedAt ?? null, after?.id ?? null, limit + 1],
  );
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

export async function importsCount(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('SELECT count(*)::int AS count FROM imports');
  return rows[0]?.count ?? 0;
}

/** The import, or null where there is none. */
export async function importById(pool: Pool, id: string): Promise<ImportRow | null> {
  const { rows } = await pool.query<ImportRow>(`SELECT ${IMPORT_COLUMNS} FROM imports m WHERE m.id = $1`, [id]);
  return rows[0] ?? null;
}

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
