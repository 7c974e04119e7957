// How unusual a count is. Counts of posts are over-dispersed (a topic's rate itself varies), so that a Poisson tail would call
// ordinary evenings a burst: a negative binomial, variance = mean + mean²/size.

/** Terms of the tail beyond the count: the rest is below what a probability shows. */
const TERMS = 400;
const LEAST = 1e-300;

/** -log10 P(X >= count) of a negative binomial with the mean (above 0) and the size; 0 for a count of 0. */
export function surprise(count: number, { mean, size }: { mean: number; size: number }): number {
  if (count <= 0) return 0;
  const ratio = mean / (size + mean);
  // In logarithms up to the count, where the first terms may be too small for a number.
  let logTerm = size * Math.log(size / (size + mean));
  for (let x = 0; x < count; x += 1) logTerm += Math.log((ratio * (x + size)) / (x + 1));
  let term = Math.exp(logTerm);
  let tail = 0;
  for (let x = count; x < count + TERMS; x += 1) {
    tail += term;
    if (term < tail * 1e-9 && x > mean) break;
    term *= (ratio * (x + size)) / (x + 1);
  }
  return -Math.log10(Math.min(1, Math.max(tail, LEAST)));
}

/** The least count that at most so much of a negative binomial lies above: its quantile. */
export function quantile(share: number, { mean, size }: { mean: number; size: number }): number {
  const ratio = mean / (size + mean);
  let term = (size / (size + mean)) ** size;
  let sum = term;
  let count = 0;
  for (; sum < share && count < 1e5; count += 1) {
    term *= (ratio * (count + size)) / (count + 1);
    sum += term;
  }
  return count;
}
