// Uploads that nobody goes on with, or that are read, are deleted.
import type { Services } from '../context.js';
import { uploadsWithImports } from '../db/uploadedImports.js';

/** How long a broken-off upload can be gone on with (ms). */
export const LEFT_MS = 24 * 3_600_000;

/** Safe to run in many processes. `now` in epoch milliseconds. */
export async function sweepUploads(
  { db, uploads, log }: Pick<Services, 'db' | 'uploads' | 'log'>,
  now: number = Date.now(),
): Promise<void> {
  const there = await uploads.list();
  if (there.length === 0) return;
  const known = await uploadsWithImports(
    db.pool,
    there.map(({ id }) => id),
  );
  const over = there.filter(({ id, changedAt }) => known.get(id) !== true && now - changedAt > LEFT_MS);
  for (const { id } of over) await uploads.remove(id);
  if (over.length > 0) log.info({ uploads: over.length }, 'deleted uploads that nobody went on with');
}
