import type { Statistics } from './bootstrap.js';

/** The figures of both, measured on the same items in the same order: one bootstrap then draws for all of them. */
export function joinStatistics(first: Statistics, second: Statistics): Statistics {
  const count = first.items.length / first.width;
  if (second.items.length / second.width !== count) {
    throw new Error(`joinStatistics: expected the same items, got ${count} and ${second.items.length / second.width}`);
  }
  const width = first.width + second.width;
  const items = new Float64Array(count * width);
  for (let i = 0; i < count; i++) {
    items.set(first.items.subarray(i * first.width, (i + 1) * first.width), i * width);
    items.set(second.items.subarray(i * second.width, (i + 1) * second.width), i * width + first.width);
  }
  const part = (statistics: Statistics, from: number): Statistics['figures'] =>
    Object.fromEntries(
      Object.entries(statistics.figures).map(([name, figure]) => [
        name,
        (sums, items) => figure(sums.subarray(from, from + statistics.width), items),
      ]),
    );
  return { items, width, figures: { ...part(first, 0), ...part(second, first.width) } };
}
