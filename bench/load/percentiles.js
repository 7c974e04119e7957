/** The p50, p95, p99 and the largest of some times (ms); empty strings where there are none. */
export function percentiles(times) {
  const sorted = Float64Array.from(times).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const shown = (value) => (value === undefined ? '' : value < 10 ? value.toFixed(1) : value.toFixed(0));
  return [at(0.5), at(0.95), at(0.99), sorted.at(-1)].map(shown);
}
