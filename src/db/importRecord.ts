// The record of an import: what came in, what was refused, and why.
import type { ClientBase, Pool } from 'pg';
import { AppError } from '../errors.js';
import type { PrismaClient } from './generated/client.js';
import { uuidv7 } from './uuidv7.js';

/** Origin of what came through the API; anything else is a file's name. */
export const API_ORIGIN = 'graphql';

export interface ImportCounts {
  readonly accepted: number;
  readonly updated: number;
  readonly rejected: number;
  readonly deleted: number;
}

/** An import that was begun: its record says how far its file is written. */
export interface BegunImport extends ImportCounts {
  readonly id: string;
  /** Place of the last row that is written; 0: none is. */
  readonly readTo: number;
}

export interface RejectionValues {
  readonly place: number;
  readonly reason: string;
  readonly excerpt: string;
  /** Of the post that the row names (erasure/tombstones.ts); null where it names none. */
  readonly postKey: Buffer | null;
}

/** Opens a record; resolves to its id. */
export async function startImport(prisma: PrismaClient, origin: string): Promise<string> {
  const { id } = await prisma.import.create({ data: { origin }, select: { id: true } });
  return id;
}

/** The rows of a file that a batch is of, by their places: those behind `after`, up to `to`. */
export interface ReadSpan {
  readonly after: number;
  readonly to: number;
}

/**
 * Adds what one batch did, in that batch's transaction. With a `span` no row is written twice: rejects with AppError CONFLICT,
 * and so rolls the batch back, where the file was read further than that already, or its import has ended.
 */
export async function addToImport(
  client: ClientBase,
  {
    importId,
    counts,
    rejections,
    span,
  }: { importId: string; counts: ImportCounts; rejections: readonly RejectionValues[]; span?: ReadSpan | undefined },
): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE imports SET accepted = accepted + $2, updated = updated + $3, rejected = rejected + $4, deleted = deleted + $5,
       seen_at = now(), read_to = coalesce($7, read_to)
     WHERE id = $1 AND ($6::int IS NULL OR (coalesce(read_to, 0) = $6 AND status = 'RUNNING'))`,
    [importId, counts.accepted, counts.updated, counts.rejected, counts.deleted, span?.after ?? null, span?.to ?? null],
  );
  if (span !== undefined && rowCount !== 1)
    throw new AppError('CONFLICT', 'somebody else reads this file', { retryable: true, kind: 'UNAVAILABLE' });
  if (rejections.length === 0) return;
  await client.query(
    `INSERT INTO import_rejections (id, import_id, place, reason, excerpt, post_key)
     SELECT id, $2::uuid, place, reason, excerpt, decode("postKey", 'hex')
     FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, place int, reason text, excerpt text, "postKey" text)`,
    [
      JSON.stringify(
        rejections.map(({ postKey, ...rejection }) => ({
          id: uuidv7(),
          ...rejection,
          postKey: postKey?.toString('hex') ?? null,
        })),
      ),
      importId,
    ],
  );
}

/** Closes a record; `error` is why it ended before its rows did. */
export async function finishImport(prisma: PrismaClient, importId: string, error?: string): Promise<void> {
  await prisma.import.update({
    where: { id: importId },
    data: { status: error === undefined ? 'COMPLETED' : 'FAILED', error: error ?? null, finishedAt: new Date() },
    select: { id: true },
  });
}

/** A sign that the import is under way. One that was thought to be left, as after an hour without a database, is open again. */
export async function touchImport(pool: Pool, importId: string): Promise<void> {
  await pool.query(
    `UPDATE imports SET seen_at = now(), status = 'RUNNING', error = NULL, finished_at = NULL WHERE id = $1`,
    [importId],
  );
}

/** An import that has given no sign of life (ingest/signsOfLife.ts) for so long (ms) has nobody who goes on with it. */
export const LEFT_MS = 120_000;

export interface LeftImport extends ImportCounts {
  readonly importId: string;
  readonly origin: string;
}

/** Closes the records of imports that were left, by the database's clock. Those of uploads have a job that goes on with them. */
export async function failLeftImports(pool: Pool): Promise<LeftImport[]> {
  const { rows } = await pool.query<LeftImport>(
    `UPDATE imports SET status = 'FAILED', error = $2, finished_at = now()
     WHERE status = 'RUNNING' AND upload_id IS NULL AND seen_at < now() - $1::float8 * interval '1 ms'
     RETURNING id::text AS "importId", origin, accepted, updated, rejected, deleted`,
    [
      LEFT_MS,
      'it has given no sign of life: its process was killed, or lost the database; repeat it, nothing is stored twice',
    ],
  );
  return rows;
}

/**
 * Closes the records that a process left open when it was killed. Only for the embedded database, where nobody else can be
 * importing while it is being opened.
 */
export async function closeAbandonedImports(prisma: PrismaClient): Promise<void> {
  await prisma.import.updateMany({
    where: { status: 'RUNNING', uploadId: null },
    data: {
      status: 'FAILED',
      error: 'the process ended before the import did: repeat it',
      finishedAt: new Date(),
    },
  });
}
