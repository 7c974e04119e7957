// Shares of what came out right, as bootstrap.ts takes figures.
import type { Statistics } from './bootstrap.js';

/** What of an item was right, by name; undefined where there was nothing to get right. */
export type Rights = Readonly<Record<string, boolean | undefined>>;

/** By name: of the items where it could be right, the share in which it was; NaN where there is none. */
export function shares(items: readonly Rights[], names: readonly string[]): Statistics {
  // An item has, name by name, 1 for a trial and 1 for a hit.
  const width = 2 * names.length;
  const numbers = new Float64Array(items.length * width);
  items.forEach((item, i) => {
    names.forEach((name, k) => {
      if (item[name] === undefined) return;
      numbers[i * width + 2 * k] = 1;
      numbers[i * width + 2 * k + 1] = Number(item[name]);
    });
  });
  const figure = (k: number) => (sums: Float64Array) => sums[2 * k + 1]! / sums[2 * k]!;
  return { items: numbers, width, figures: Object.fromEntries(names.map((name, k) => [name, figure(k)])) };
}
