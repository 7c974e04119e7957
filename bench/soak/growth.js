// Whether a series still grows once it is warm.

/**
 * `samples` are { hour, value }, in their order; the first quarter of the hours is warm-up. `early` and `late`: medians of the second
 * and the last quarter; `slope`: what a straight line through all after the warm-up gains from its beginning to its end.
 */
export function growthOf(samples) {
  const [first, last] = [samples[0].hour, samples.at(-1).hour];
  const within = (from, to) =>
    samples.filter(({ hour }) => hour >= first + from * (last - first) && hour <= first + to * (last - first));
  const warm = within(0.25, 1);
  const early = median(within(0.25, 0.5).map(({ value }) => value));
  const late = median(within(0.75, 1).map(({ value }) => value));
  return { early, late, slope: slopeOf(warm) * (last - warm[0].hour) };
}

/** How much it grew, as a share of what it was: by its medians, and by its slope. */
export function sharesOf({ early, late, slope }) {
  const share = (gain) => (gain === 0 ? 0 : gain / early);
  return [share(late - early), share(slope)];
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Least squares. */
function slopeOf(samples) {
  const mean = (of) => samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [hour, value] = [mean((one) => one.hour), mean((one) => one.value)];
  const spread = samples.reduce((sum, one) => sum + (one.hour - hour) ** 2, 0);
  return spread === 0 ? 0 : samples.reduce((sum, one) => sum + (one.hour - hour) * (one.value - value), 0) / spread;
}
