import { AppError, messageOf } from '../errors.js';

/** Whether a message, of onnxruntime or of V8, says that there was not enough memory. */
export function isOutOfMemory(message: string): boolean {
  return /bad_alloc|out of memory|Failed to allocate|Array buffer allocation failed/i.test(message);
}

/** What went wrong while computing, as AppError: those as they are, anything else OUT_OF_MEMORY or INFERENCE_UNAVAILABLE, which may pass. */
export function inferenceError(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const message = messageOf(cause);
  return new AppError(isOutOfMemory(message) ? 'OUT_OF_MEMORY' : 'INFERENCE_UNAVAILABLE', message, {
    cause,
    retryable: true,
  });
}
