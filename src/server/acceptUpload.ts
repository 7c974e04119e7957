// An upload that is whole becomes imports: from then on a job of each sees to it that it is read once, whatever happens to whom.
import { boundedJson } from '../access/boundedJson.js';
import type { Caller } from '../access/caller.js';
import type { Services } from '../context.js';
import { insertAuditEvent } from '../db/access/auditEvents.js';
import { importsOfUpload, startUploadedImports, type UploadedImport } from '../db/uploadedImports.js';
import { withTransaction } from '../db/withTransaction.js';
import { AppError } from '../errors.js';
import { filesOfPosts } from '../ingest/uploadName.js';

export interface AcceptOptions {
  readonly uploadId: string;
  /** Of rows that name none. */
  readonly source: string | null;
  /** What whoever sent it says that it has, all files together; null: he does not say. */
  readonly bytes: number | null;
  readonly caller: Caller;
  readonly requestId: string;
}

/**
 * Resolves to its imports, also when it is repeated. Rejects with AppError NOT_FOUND where there is no such upload, CONFLICT where it is not
 * whole, and BAD_USER_INPUT where no file of it could hold posts; it can be gone on with in both cases.
 */
export async function acceptUpload(
  { db, queue, uploads }: Pick<Services, 'db' | 'queue' | 'uploads'>,
  { uploadId, source, bytes, caller, requestId }: AcceptOptions,
): Promise<readonly UploadedImport[]> {
  const before = await importsOfUpload(db.pool, uploadId);
  if (before.length > 0) return before;
  const files = await uploads.files(uploadId).catch(ifThere);
  if (files === undefined) {
    // Accepted by another request since, and perhaps read.
    const since = await importsOfUpload(db.pool, uploadId);
    if (since.length > 0) return since;
    throw new AppError('NOT_FOUND', `there is no upload ${uploadId}`);
  }
  const there = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes !== null && there !== bytes)
    throw new AppError('CONFLICT', `the upload has ${there} of ${bytes} bytes: send the rest first`);
  const names = filesOfPosts(files.map(({ name }) => name));
  if (names.length === 0)
    throw new AppError('BAD_USER_INPUT', 'no file holds posts: expected NDJSON or CSV, packed with gzip or not');
  // Nothing is added behind the reader's back. A crash here leaves it to be accepted again.
  await uploads.seal(uploadId);
  const imports = await withTransaction(db.pool, async (client) => {
    const opened = await startUploadedImports(client, { uploadId, names, source });
    await queue.add(
      'import',
      opened.map(({ id }) => ({ key: id, data: { importId: id } })),
      client,
    );
    for (const { id, origin } of opened)
      await insertAuditEvent(client, {
        keyId: caller.keyId,
        actor: caller.name,
        action: 'import',
        target: id,
        before: null,
        after: boundedJson({ origin, files: files.length, bytes: there }),
        outcome: 'DONE',
        reason: null,
        requestId,
      });
    return await importsOfUpload(client, uploadId);
  });
  queue.wake('import');
  return imports;
}

function ifThere(error: unknown): undefined {
  if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
}
