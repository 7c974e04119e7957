// Reads a file that was uploaded, as `hotlens ingest` reads one. It goes on where it was left: by a worker that was ended or killed.
import path from 'node:path';
import type { Services } from '../context.js';
import { failUploadedImport, type ImportToRead, importToRead, uploadsWithImports } from '../db/uploadedImports.js';
import { AppError, messageOf } from '../errors.js';
import { ingestPosts } from '../ingest/ingestPosts.js';
import { openRows } from '../ingest/openRows.js';
import { waitLonger } from '../ingest/waitLonger.js';
import { enqueueWork } from './enqueueWork.js';
import type { JobKind } from './runQueue.js';
import { watchImport } from './watchImport.js';

export type ImportJobDeps = Pick<
  Services,
  'config' | 'db' | 'queue' | 'events' | 'log' | 'telemetry' | 'media' | 'uploads' | 'admission'
> & { readonly plan: ReturnType<Services['plan']> };

/** Files that are read at once: reading is mostly the database's work, and that of the pictures beside them. */
const AT_ONCE = 2;

/** The import queue's work. */
export function importJob(deps: ImportJobDeps): JobKind<'import'> {
  const { db, uploads, events } = deps;
  const stopping = new AbortController();
  return {
    name: 'import',
    capacity: AT_ONCE,
    stop: () => stopping.abort(),
    async run({ importId }) {
      const begun = await importToRead(db.pool, importId);
      if (begun === null) return;
      try {
        await read(deps, begun, stopping.signal);
      } catch (error) {
        if (isFinal(error)) await fail(begun, messageOf(error));
        throw error;
      }
      await removeIfRead(begun.uploadId);
    },
    async failed(client, { importId }, { reason, final }) {
      if (final) await failUploadedImport(client, importId, reason);
    },
  };

  /** The file is at fault: nobody will read it again. */
  async function fail(begun: ImportToRead, reason: string): Promise<void> {
    const { id: importId, origin, accepted, updated, rejected, deleted } = begun;
    const progress = { importId, origin, accepted, updated, rejected, deleted, unit: null, done: null, total: null };
    // What ingestPosts has read of it, it has told of.
    if (await failUploadedImport(db.pool, importId, reason))
      await events.publish({ type: 'importProgress', ...progress, state: 'FAILED' });
    await removeIfRead(begun.uploadId);
  }

  /** With the last of its files an upload is deleted; where that is forgotten by a crash, the sweep sees it. */
  async function removeIfRead(uploadId: string): Promise<void> {
    if ((await uploadsWithImports(db.pool, [uploadId])).get(uploadId) === false) await uploads.remove(uploadId);
  }
}

function isFinal(error: unknown): boolean {
  return error instanceof AppError && !error.retryable && error.code !== 'SHUTTING_DOWN';
}

async function read(deps: ImportJobDeps, begun: ImportToRead, signal: AbortSignal): Promise<void> {
  const { config, db, queue, media, uploads, admission, log } = deps;
  const file = uploads.pathOf(begun.uploadId, begun.uploadName);
  const { rows, bytes, bytesRead } = await openRows(file).catch((error: unknown) => {
    throw inItsOwnWords(error, file, begun);
  });
  const { media: limits, retention } = config;
  const plan = () => deps.plan;
  await ingestPosts({ db, media: media.store, limits, retention, enqueue: enqueueWork(queue, plan) }, rows, {
    begun,
    origin: begun.origin,
    ...(begun.source !== null && { source: begun.source }),
    imagesDir: path.dirname(file),
    signal,
    admit: () => admission.check(),
    wait: waitLonger((reason, ms) => log.warn({ import: begun.id, reason, againInMs: ms }, 'an import waits'), signal),
    extent: { unit: 'BYTES', total: bytes, done: bytesRead },
    report: watchImport(deps, begun),
    onProgress: () => {
      queue.wake('fetch');
      queue.wake('caption');
    },
  });
}

/** Where it lies here is nobody's business. */
function inItsOwnWords(error: unknown, file: string, { origin }: ImportToRead): unknown {
  if (!(error instanceof AppError)) return error;
  const { code, message, cause } = error;
  const gone = (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  const words = gone ? `${origin}: it is no longer here: upload it again` : message.replaceAll(file, origin);
  return new AppError(code, words, { cause });
}
