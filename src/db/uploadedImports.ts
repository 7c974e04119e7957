// The imports of an upload, one for each of its files of posts.
import type { ClientBase, Pool } from 'pg';
import type { BegunImport } from './importRecord.js';
import { uuidv7 } from './uuidv7.js';

export interface UploadedImport {
  readonly id: string;
  /** The file's name without its folders. */
  readonly origin: string;
}

export interface NewUploadedImports {
  readonly uploadId: string;
  /** Names of the files in the upload. */
  readonly names: readonly string[];
  /** Of rows that name none. */
  readonly source: string | null;
}

/** Opens a record for each file that has none yet; resolves to those that were opened now. */
export async function startUploadedImports(
  client: ClientBase,
  { uploadId, names, source }: NewUploadedImports,
): Promise<UploadedImport[]> {
  const { rows } = await client.query<UploadedImport>(
    `INSERT INTO imports (id, origin, upload_id, upload_name, source)
     SELECT id, origin, $2::uuid, name, $3 FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, origin text, name text)
     ON CONFLICT (upload_id, upload_name) DO NOTHING
     RETURNING id::text, origin`,
    [JSON.stringify(names.map((name) => ({ id: uuidv7(), origin: name.split('/').at(-1), name }))), uploadId, source],
  );
  return rows;
}

/** All of an upload, in the order of their names. */
export async function importsOfUpload(db: Pool | ClientBase, uploadId: string): Promise<UploadedImport[]> {
  const { rows } = await db.query<UploadedImport>(
    'SELECT id::text, origin FROM imports WHERE upload_id = $1 ORDER BY upload_name',
    [uploadId],
  );
  return rows;
}

export interface ImportToRead extends BegunImport {
  readonly origin: string;
  readonly uploadId: string;
  readonly uploadName: string;
  readonly source: string | null;
}

/** What is to be read of an uploaded file; null where it has ended, or is none. */
export async function importToRead(pool: Pool, id: string): Promise<ImportToRead | null> {
  const { rows } = await pool.query<ImportToRead>(
    `SELECT id::text, origin, upload_id::text AS "uploadId", upload_name AS "uploadName", source, coalesce(read_to, 0) AS "readTo",
            accepted, updated, rejected, deleted
     FROM imports WHERE id = $1 AND status = 'RUNNING' AND upload_id IS NOT NULL`,
    [id],
  );
  return rows[0] ?? null;
}

/** Fails an import that is not read any further; resolves to whether it was still open. */
export async function failUploadedImport(db: Pool | ClientBase, id: string, reason: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE imports SET status = 'FAILED', error = $2, finished_at = now() WHERE id = $1 AND status = 'RUNNING'`,
    [id, reason],
  );
  return rowCount === 1;
}

/** Of these uploads those that have imports, and whether one of them is still to be read. */
export async function uploadsWithImports(pool: Pool, ids: readonly string[]): Promise<ReadonlyMap<string, boolean>> {
  const { rows } = await pool.query<{ id: string; open: boolean }>(
    `SELECT upload_id::text AS id, bool_or(status = 'RUNNING') AS open FROM imports WHERE upload_id = ANY($1::uuid[]) GROUP BY 1`,
    [ids],
  );
  return new Map(rows.map(({ id, open }) => [id, open]));
}
