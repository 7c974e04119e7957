// Work that is done again until it can be done, where somebody waits for that.
import type { AppError } from '../errors.js';
import { retryLater } from '../retryLater.js';

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
