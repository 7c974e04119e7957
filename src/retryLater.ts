// What will pass by itself: whoever asked is told when to come again.
import { isDatabaseAway } from './db/databaseAway.js';
import { AppError, type FailureKind, isDiskFull } from './errors.js';

/** How long a database that does not answer is left alone (ms). */
export const DATABASE_RETRY_MS = 5000;
/** And a disk that is full: someone has to make room. */
export const DISK_RETRY_MS = 10_000;

export interface LaterOptions {
  readonly kind: FailureKind;
  /** When to come again (ms); default: as long as what is of this kind is left alone. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** An AppError RETRY_LATER that says when. */
export function later(
  message: string,
  { kind, cause, retryAfterMs = kind === 'DISK' ? DISK_RETRY_MS : DATABASE_RETRY_MS }: LaterOptions,
): AppError {
  return new AppError('RETRY_LATER', message, { cause, retryable: true, kind, retryAfterMs });
}

/** The error as AppError RETRY_LATER, with the delay that it asks for; undefined for one that will not pass. */
export function retryLater(cause: unknown): AppError | undefined {
  if (cause instanceof AppError) return cause.code === 'RETRY_LATER' ? cause : undefined;
  const again = 'try again later, nothing is stored twice';
  if (isDiskFull(cause)) return later(`the disk is full: ${again}`, { kind: 'DISK', cause });
  if (isDatabaseAway(cause)) return later(`the database does not answer: ${again}`, { kind: 'DATABASE', cause });
  return undefined;
}

/** The header that says it over HTTP, in whole seconds; none where the error does not tell. */
export function retryAfterHeader(error: unknown): { readonly 'Retry-After'?: string } {
  const { retryAfterMs } = error instanceof AppError ? error : {};
  return retryAfterMs === undefined ? {} : { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) };
}
