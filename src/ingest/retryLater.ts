// What stops an ingest that no row of it is to blame for.
import { isDatabaseAway } from '../db/databaseAway.js';
import { AppError, isDiskFull } from '../errors.js';

/** How long a database that does not answer is left alone (ms). */
export const DATABASE_RETRY_MS = 5000;
/** And a disk that is full. */
export const DISK_RETRY_MS = 10_000;

/** The error as AppError RETRY_LATER, with the delay that it asks for; undefined for one that will not pass. */
export function retryLater(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error.code === 'RETRY_LATER' ? error : undefined;
  const later = (reason: string, kind: 'DISK' | 'DATABASE', retryAfterMs: number) =>
    new AppError('RETRY_LATER', `${reason}: try again later, nothing is stored twice`, {
      cause: error,
      retryable: true,
      kind,
      retryAfterMs,
    });
  if (isDiskFull(error)) return later('the disk is full', 'DISK', DISK_RETRY_MS);
  if (isDatabaseAway(error)) return later('the database does not answer', 'DATABASE', DATABASE_RETRY_MS);
  return undefined;
}

/** Resolves when it is time to try again; rejects to give up. `tries`: how often it was in vain so far. */
export type Wait = (reason: AppError, tries: number) => Promise<void>;

/**
 * Does the work. Where it is to be done later, `wait` is asked to wait and it is done again; without `wait` it rejects with
 * AppError RETRY_LATER.
 */
export async function persist<T>(work: () => Promise<T>, wait: Wait | undefined): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const later = retryLater(error);
      if (later === undefined) throw error;
      if (wait === undefined) throw later;
      await wait(later, tries);
    }
  }
}
