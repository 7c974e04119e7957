// How unusual a count is. Counts of posts are over-dispersed (a topic's rate itself varies), so that a Poisson tail would call
// ordinary evenings a burst: a negative binomial, variance = mean + mean²/size.

/** Terms after which the tail is what it is. */
const TERMS = 400;

/** -log10 P(X >= count) of a negative binomial with the mean and the size; 0 for a count of 0. */
export function surprise(count: number, { mean, size }: { mean: number; size: number }): number {
  if (count <= 0) return 0;
  let term = Math.exp(
    logGamma(count + size) -
      logGamma(size) -
      logGamma(count + 1) +
      size * Math.log(size / (size + mean)) +
      count * Math.log(mean / (size + mean)),
  );
  let tail = 0;
  const ratio = mean / (size + mean);
  for (let x = count; x < count + TERMS; x += 1) {
    tail += term;
    if (term < tail * 1e-9 && x > mean) break;
    term *= (ratio * (x + size)) / (x + 1);
  }
  return -Math.log10(Math.min(1, Math.max(tail, 1e-300)));
}

/** ln Γ(x), x > 0, to 2e-10. Source: C. Lanczos, SIAM J. Numer. Anal. B 1, 1964, 86-96 (g = 5, n = 6). */
function logGamma(x: number): number {
  const base = x + 5.5;
  let series = 1.000000000190015;
  let y = x;
  for (const coefficient of LANCZOS) {
    y += 1;
    series += coefficient / y;
  }
  return Math.log((2.5066282746310005 * series) / x) - (base - (x + 0.5) * Math.log(base));
}

const LANCZOS = [
  76.18009172947146, -86.50532032941677, 24.01409824083091, -1.231739572450155, 0.1208650973866179e-2,
  -0.5395239384953e-5,
];
