import { AppError } from '../errors.js';

/** The refusal of a picture beyond the limit, whoever notices it. */
export function tooManyPixels(maxPixels: number, cause?: unknown): AppError {
  return new AppError('BAD_IMAGE', `the picture has more than ${maxPixels} pixels`, { cause });
}
