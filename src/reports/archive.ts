// The files of reports that were made. They are copies: written from the rows when somebody asks for them, deleted with anything that they show,
// and written anew from what is left.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Pool } from 'pg';
import type { Config } from '../config.js';
import type { ReportFormat } from '../db/generated/client.js';
import { generationsOfRuns, type ReportRunRow, reportRunById } from '../db/reports/reportRuns.js';
import { AppError } from '../errors.js';
import type { MediaStore } from '../ingest/mediaStore.js';
import type { HotspotReport } from './hotspotReport/hotspotReport.js';
import { tellReport } from './hotspotReport/tellReport.js';
import { renderReport } from './renderReport.js';
import { folderOf } from './sweepReports.js';

export interface ArchiveDeps {
  readonly pool: Pool;
  readonly config: Pick<Config, 'dataDir' | 'media'>;
  readonly media: Pick<MediaStore, 'read'>;
  /** Where Hotlens is reached. */
  readonly baseUrl: string;
}

/** Tries to write a file of a run whose posts are being deleted meanwhile. */
const TRIES = 5;

/** A run's report, in the words and pictures that are still there. Throws AppError NOT_FOUND where it is not made (yet). */
export async function reportOfRun(
  { pool, baseUrl }: Pick<ArchiveDeps, 'pool' | 'baseUrl'>,
  run: ReportRunRow,
): Promise<HotspotReport> {
  if (run.findings === null)
    throw new AppError('NOT_FOUND', `the report ${run.id} is not made: ${run.error ?? 'it waits'}`);
  return tellReport(pool, run.findings, {
    title: run.name,
    timeZone: run.timeZone,
    dueAt: run.reportId === null ? null : run.dueAt,
    missed: run.missed,
    baseUrl,
    path: `/reports/${run.id}.html`,
  });
}

/** The file of a run: as it was written, or written now. Throws AppError NOT_FOUND. */
export async function fileOfRun(
  deps: ArchiveDeps,
  { id, format }: { readonly id: string; readonly format: ReportFormat },
): Promise<Buffer> {
  for (let i = 0; i < TRIES; i += 1) {
    const run = await reportRunById(deps.pool, id);
    if (run === null) throw new AppError('NOT_FOUND', `there is no report ${id}`);
    const file = path.join(folderOf(deps.config, id), `${run.generation}.${format.toLowerCase()}`);
    const written = await readFile(file).catch(() => null);
    if (written !== null) return written;
    const bytes = await renderReport(await reportOfRun(deps, run), format, deps);
    await write(file, bytes);
    // What it shows may have been deleted since it was read: then it must not be found again.
    const generation = (await generationsOfRuns(deps.pool, [id])).get(id);
    if (generation === run.generation) return bytes;
    await rm(file, { force: true });
  }
  throw new AppError('RETRY_LATER', 'posts of this report are being deleted', { retryable: true, retryAfterMs: 1000 });
}

/** The name tells the generation: a file of an earlier one is never read, whatever is left of it. */
async function write(file: string, bytes: Buffer): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${randomUUID()}.unfinished`;
  try {
    await writeFile(unfinished, bytes, { mode: 0o600 });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
