// Log-probabilities of one row of logits, rounded as PyTorch rounds them in float32.
import { AppError } from '../../errors.js';
import { sumExp } from './sumExp.js';

/** log(sum(exp(logits))) as `max + logSum`; the log-probability of token i is (logits[i] - max) - logSum. */
export interface LogNormalizer {
  readonly max: number;
  /** Index of the first largest logit. */
  readonly argMax: number;
  readonly logSum: number;
}

/** Normalizer of logits [V]. Throws BAD_MODEL where they are not numbers (weights or arithmetic that overflowed). */
export function logNormalizer(logits: Float32Array): LogNormalizer {
  let max = -Infinity;
  let argMax = -1;
  for (let i = 0; i < logits.length; i++) {
    if (logits[i]! > max) {
      max = logits[i]!;
      argMax = i;
    }
  }
  const sum = max === -Infinity ? 0 : sumExp(logits, max);
  // NaN anywhere, +Infinity, or nothing but -Infinity all end here.
  if (!Number.isFinite(max) || !Number.isFinite(sum)) {
    throw new AppError('BAD_MODEL', 'the model computed logits that are not numbers');
  }
  return { max, argMax, logSum: Math.log(sum) };
}

/** Writes the log-probabilities [V] into `out`, in float32 steps. */
export function writeLogSoftmax(logits: Float32Array, { max, logSum }: LogNormalizer, out: Float32Array): void {
  const rounded = Math.fround(logSum);
  for (let i = 0; i < logits.length; i++) out[i] = Math.fround(logits[i]! - max) - rounded;
}
