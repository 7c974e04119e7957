// What is safe to give again is not lost to a database that is gone: whoever gave it learns when to give it again.
import type { Context } from '../context.js';
import { retryLater } from '../retryLater.js';

/** The work; of a repeatable request it rejects with AppError RETRY_LATER where the database is away or a disk is full. */
export function orRetryLater<T>(work: Promise<T>, { deadline }: Pick<Context, 'deadline'>): Promise<T> {
  if (!deadline.repeatable) return work;
  return work.catch((error: unknown) => {
    throw retryLater(error) ?? error;
  });
}
