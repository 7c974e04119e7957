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
  const argMax = firstLargest(logits);
  const max = argMax < 0 ? Number.NEGATIVE_INFINITY : logits[argMax]!;
  const sum = max === -Infinity ? 0 : sumExp(logits, max);
  // +Infinity, or nothing but -Infinity, end here.
  if (!Number.isFinite(max) || !Number.isFinite(sum)) throw notNumbers();
  return { max, argMax, logSum: Math.log(sum) };
}

/** What is said of logits, or of probabilities made of them, that are not numbers. */
export function notNumbers(): AppError {
  return new AppError('BAD_MODEL', 'the model computed logits that are not numbers');
}

/** Index of the first largest number; -1 where there is none above -Infinity. Throws BAD_MODEL at a NaN. */
export function firstLargest(scores: Float32Array): number {
  let best = -1;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    // A NaN is neither above nor below: it comes this way too.
    if (score <= max) continue;
    if (Number.isNaN(score)) throw notNumbers();
    max = score;
    best = i;
  }
  return best;
}

/** Writes the log-probabilities [V] into `out`, in float32 steps. */
export function writeLogSoftmax(logits: Float32Array, { max, logSum }: LogNormalizer, out: Float32Array): void {
  const rounded = Math.fround(logSum);
  for (let i = 0; i < logits.length; i++) out[i] = Math.fround(logits[i]! - max) - rounded;
}
