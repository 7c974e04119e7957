// Anything thrown -> what kind of failure it is.
import { isDatabaseAway } from '../db/databaseAway.js';
import { AppError, type AppErrorCode, type FailureKind, isDiskFull, messageOf } from '../errors.js';
import { isOutOfMemory } from '../onnx/inferenceError.js';

const BY_CODE: Partial<Record<AppErrorCode, FailureKind>> = {
  BAD_IMAGE: 'DECODE',
  OUT_OF_MEMORY: 'MEMORY',
  DATABASE_UNAVAILABLE: 'DATABASE',
  SHUTTING_DOWN: 'UNAVAILABLE',
  MEDIA_UNAVAILABLE: 'NETWORK',
  DELIVERY_FAILED: 'NETWORK',
};

/** The kind that an AppError names or its code stands for; of anything else what its system codes say, or OTHER. */
export function failureKind(error: unknown): FailureKind {
  if (error instanceof AppError) return error.kind ?? BY_CODE[error.code] ?? (error.retryable ? 'OTHER' : 'REFUSED');
  if (isDiskFull(error)) return 'DISK';
  // A job speaks to nobody but the database in ways that are not AppErrors.
  if (isDatabaseAway(error)) return 'DATABASE';
  return isOutOfMemory(messageOf(error)) ? 'MEMORY' : 'OTHER';
}
