// Rows in, posts with their pictures and jobs out: in batches, each one transaction, so that an import may be interrupted at any
// point and repeated without losing or doubling anything.

import type { Database } from '../db/database.js';
import { type BegunImport, finishImport, startImport } from '../db/importRecord.js';
import { AppError, messageOf } from '../errors.js';
import type { Retention } from '../retention.js';
import { currentCause, withCause } from '../telemetry/cause.js';
import type { EnqueueWork } from './enqueue.js';
import type { Extent, ImportProgress, Report } from './importProgress.js';
import type { ImportRow, Rejection } from './importRow.js';
import type { MediaStore } from './mediaStore.js';
import { persist, type Wait } from './persist.js';
import { prepareBatches, type RefusedPicture } from './prepareBatches.js';
import { purgeImages } from './purgeImages.js';
import { giveSignsOfLife } from './signsOfLife.js';
import type { ImageLimits } from './storeImage.js';
import { writeBatch } from './writeBatch.js';

export interface IngestDeps {
  readonly db: Pick<Database, 'prisma' | 'pool'>;
  readonly media: MediaStore;
  readonly limits: ImageLimits;
  readonly enqueue: EnqueueWork;
  /** How long posts are kept; left out: for ever. */
  readonly retention?: Retention;
}

export interface IngestOptions {
  /** Goes on with this import, behind what is written of its file, and leaves it open to go on again where it ends early for no fault of the file. */
  readonly begun?: BegunImport;
  /** Where the rows come from, for the import's record: 'graphql', or a file's name. */
  readonly origin: string;
  /** The source of rows that name none. */
  readonly source?: string;
  /** Folder that rows may name files of; without it such pictures are refused. */
  readonly imagesDir?: string;
  /** Stops after the batch that is under way. */
  readonly signal?: AbortSignal;
  /** Asked before each batch; rejects with AppError RETRY_LATER where there is no room for it. */
  readonly admit?: () => Promise<void>;
  /** Waits until what must be done later can be; without it, the ingest ends with AppError RETRY_LATER. */
  readonly wait?: Wait;
  /** How much there is to read, for `report`. */
  readonly extent?: Extent;
  /** Told when it begins, after each batch, and when it has ended. */
  readonly report?: Report;
  /** After each batch. */
  readonly onProgress?: (summary: ImportSummary) => void;
  readonly onRejected?: (rejection: Rejection) => void;
  readonly onRefusedPicture?: (picture: RefusedPicture) => void;
}

export interface ImportSummary {
  readonly importId: string;
  /** Posts that were new. */
  readonly accepted: number;
  /** Posts that were known, also from an earlier row of the same import. */
  readonly updated: number;
  readonly rejected: number;
  /** Rows that said that a post was deleted; it is, and does not come in again. */
  readonly deleted: number;
  /** The first MAX_REJECTIONS of them; all are kept with the import. */
  readonly rejections: readonly Rejection[];
  /** Pictures that came along but cannot be used; their posts went in. */
  readonly refusedPictures: number;
  /** Pictures that are to be fetched now. */
  readonly toFetch: number;
}

const DEFAULT_SOURCE = 'import';
const MAX_REJECTIONS = 100;

/**
 * Ingests all rows and resolves to what became of them. Rejects when the rows end early (the reader's error), with AppError
 * RETRY_LATER when the database is away or the disk is full (and there is no `wait`), or SHUTTING_DOWN when `signal` is
 * aborted; what was written until then stays, and the import's record says why it ended.
 */
export async function ingestPosts(
  deps: IngestDeps,
  rows: AsyncIterable<ImportRow>,
  options: IngestOptions,
): Promise<ImportSummary> {
  const importId =
    options.begun?.id ?? (await persist(() => startImport(deps.db.prisma, options.origin), options.wait));
  // The jobs that come of it say which import asked for them.
  return withCause({ ...currentCause(), importId }, () => takeIn(deps, rows, { ...options, importId }));
}

async function takeIn(
  deps: IngestDeps,
  rows: AsyncIterable<ImportRow>,
  options: IngestOptions & { readonly importId: string },
): Promise<ImportSummary> {
  const { importId, begun, source = DEFAULT_SOURCE, imagesDir, signal, wait } = options;
  const { admit, onProgress, onRejected, onRefusedPicture } = options;
  const report = async (state: ImportProgress['state']) => options.report?.(progressOf(summary, state, options));
  let summary: ImportSummary = {
    importId,
    accepted: begun?.accepted ?? 0,
    updated: begun?.updated ?? 0,
    rejected: begun?.rejected ?? 0,
    deleted: begun?.deleted ?? 0,
    rejections: [],
    refusedPictures: 0,
    toFetch: 0,
  };
  let readTo = begun?.readTo;
  const endSigns = giveSignsOfLife(deps.db.pool, importId);
  try {
    await report('RUNNING');
    const prepared = prepareBatches(begun === undefined ? rows : rowsBehind(rows, begun.readTo), {
      ...deps,
      pool: deps.db.pool,
      retention: deps.retention,
      source,
      imagesDir,
      wait,
    });
    for await (const batch of oneAhead(prepared)) {
      if (signal?.aborted)
        throw new AppError('SHUTTING_DOWN', 'stopped before the end: repeat it to go on, nothing is stored twice');
      const written = await persist(async () => {
        await admit?.();
        const span = readTo === undefined ? undefined : { after: readTo, to: batch.lastPlace };
        return await writeBatch(deps, { importId, batch, span });
      }, wait);
      if (readTo !== undefined) readTo = batch.lastPlace;
      if (written.lostImages > 0) await purgeImages({ pool: deps.db.pool, media: deps.media });
      for (const rejection of written.rejections) onRejected?.(rejection);
      for (const picture of batch.refusedPictures) onRefusedPicture?.(picture);
      summary = {
        importId,
        accepted: summary.accepted + written.accepted,
        updated: summary.updated + written.updated,
        rejected: summary.rejected + written.rejections.length,
        deleted: summary.deleted + written.deleted,
        rejections: [...summary.rejections, ...written.rejections].slice(0, MAX_REJECTIONS),
        refusedPictures: summary.refusedPictures + batch.refusedPictures.length,
        toFetch: summary.toFetch + written.toFetch,
      };
      onProgress?.(summary);
      await report('RUNNING');
    }
    await endSigns();
    await persist(() => finishImport(deps.db.prisma, importId), wait);
    await report('COMPLETED');
    return summary;
  } catch (error) {
    // Where the database itself is gone, the record stays RUNNING until maintenance closes it; the first error is the one to tell.
    await endSigns();
    const ended = begun === undefined || (error instanceof AppError && error.code === 'BAD_USER_INPUT');
    if (ended) {
      await finishImport(deps.db.prisma, importId, messageOf(error)).catch(() => undefined);
      await report('FAILED');
    }
    throw error;
  }
}

async function* rowsBehind(rows: AsyncIterable<ImportRow>, place: number): AsyncGenerator<ImportRow> {
  for await (const row of rows) if (row.place > place) yield row;
}

function progressOf(
  { importId, accepted, updated, rejected, deleted }: ImportSummary,
  state: ImportProgress['state'],
  { origin, extent }: Pick<IngestOptions, 'origin' | 'extent'>,
): ImportProgress {
  const { unit = null, total = null, done = () => accepted + updated + rejected + deleted } = extent ?? {};
  const counts = { accepted, updated, rejected, deleted };
  return { importId, origin, state, ...counts, unit, done: unit === null ? null : done(), total };
}

/** The same items, the next one always being made while this one is used: rows are read while the database works. */
async function* oneAhead<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = items.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = items.next();
      // Its error is due when its turn comes.
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    await next.catch(() => undefined);
    await items.return(undefined);
  }
}
