import { AppError } from '../../errors.js';

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
