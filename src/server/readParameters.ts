// What stands in an address, or in a small body.
import type { z } from 'zod';
import { AppError } from '../errors.js';

/** As the shape has it. Throws AppError BAD_USER_INPUT that names the first parameter that is not. */
export function readParameters<T>(shape: z.ZodType<T>, given: unknown): T {
  const { success, data, error } = shape.safeParse(given);
  if (success) return data;
  const [issue] = error.issues;
  throw new AppError('BAD_USER_INPUT', `${issue!.path.join('.') || 'parameters'}: ${issue!.message}`);
}
