// The record of an import: what came in, what was refused, and why.
import type { ClientBase, Pool } from 'pg';
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

/** Adds what one batch did, in that batch's transaction. */
export async function addToImport(
  client: ClientBase,
  { importId, counts, rejections }: { importId: string; counts: ImportCounts; rejections: readonly RejectionValues[] },
): Promise<void> {
  await client.query(
    `UPDATE imports SET accepted = accepted + $2, updated = updated + $3, rejected = rejected + $4, deleted = deleted + $5,
       seen_at = now()
     WHERE id = $1`,
    [importId, counts.accepted, counts.updated, counts.rejected, counts.deleted],
  );
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

export interface LeftImport extends ImportCounts {
  readonly importId: string;
  readonly origin: string;
}

/** Closes the records of imports that have given no sign of life for so long (ms), by the database's clock. */
export async function failLeftImports(pool: Pool, silentMs: number): Promise<LeftImport[]> {
  const { rows } = await pool.query<LeftImport>(
    `UPDATE imports SET status = 'FAILED', error = $2, finished_at = now()
     WHERE status = 'RUNNING' AND seen_at < now() - $1::float8 * interval '1 ms'
     RETURNING id::text AS "importId", origin, accepted, updated, rejected, deleted`,
    [
      silentMs,
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
    where: { status: 'RUNNING' },
    data: {
      status: 'FAILED',
      error: 'the process ended before the import did: repeat it',
      finishedAt: new Date(),
    },
  });
}
