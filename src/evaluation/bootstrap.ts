// Bootstrap (B. Efron, R. Tibshirani, An Introduction to the Bootstrap, 1993): how much a figure depends on the items it was measured on. Items are
// drawn again with replacement, and the figure computed anew from the drawn items' statistics, which add up: a mean needs a sum and a
// count, an accuracy hits and trials, BLEU its n-gram counts. A resample in which a figure is NaN (an accuracy without trials) says nothing
// about it and is left out of it.
import { randomIntegers } from './random.js';

export interface Statistics {
  /** An item's numbers, `width` each, one item after the other. */
  readonly items: Float64Array;
  readonly width: number;
  /** Each figure from the sums of the numbers over items, and how many items there are. */
  readonly figures: Readonly<Record<string, (sums: Float64Array, count: number) => number>>;
}

export interface BootstrapOptions {
  /** How often items are drawn anew. */
  readonly resamples?: number;
  /** Share of resamples inside the interval. */
  readonly confidence?: number;
  readonly seed?: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Difference extends Interval {
  /** Second minus first. */
  readonly difference: number;
  /** Two-sided: how likely resampling takes the difference to the other side of 0. Never 0: one more resample might have. */
  readonly p: number;
}

const DEFAULTS = { resamples: 1000, confidence: 0.95, seed: 1 } as const;

/** The figures over all items. */
export function overall({ items, width, figures }: Statistics): Record<string, number> {
  const count = items.length / width;
  const sums = new Float64Array(width);
  for (let i = 0; i < items.length; i++) sums[i % width]! += items[i]!;
  return mapValues(figures, (figure) => figure(sums, count));
}

/** A percentile interval for each figure. The same seed gives the same intervals. */
export function confidenceIntervals(statistics: Statistics, options: BootstrapOptions = {}): Record<string, Interval> {
  const { resamples, confidence, seed } = { ...DEFAULTS, ...options };
  const drawn = resample([statistics], { resamples, seed })[0]!;
  return mapValues(drawn, (values) => percentiles(known(values), confidence));
}

/**
 * How much each figure of `second` is above that of `first`, measured on the same items in the same order: every resample draws the same items for both.
 * Throws where the items can't be the same.
 */
export function pairedDifferences(
  first: Statistics,
  second: Statistics,
  options: BootstrapOptions = {},
): Record<string, Difference> {
  const { resamples, confidence, seed } = { ...DEFAULTS, ...options };
  const [countA, countB] = [first.items.length / first.width, second.items.length / second.width];
  if (countA !== countB) throw new Error(`pairedDifferences: expected the same items, got ${countA} and ${countB}`);
  const [a, b] = resample([first, second], { resamples, seed });
  const [wholeA, wholeB] = [overall(first), overall(second)];
  return mapValues(b!, (values, name) => {
    const differences = known(values.map((value, i) => value - a![name]![i]!));
    const below = differences.filter((difference) => difference <= 0).length;
    const above = differences.filter((difference) => difference >= 0).length;
    return {
      difference: wholeB[name]! - wholeA[name]!,
      ...percentiles(differences, confidence),
      p: Math.min(1, (2 * (Math.min(below, above) + 1)) / (differences.length + 1)),
    };
  });
}

/** By statistics, then by figure: its value in each resample. All statistics see the same draws. */
function resample(
  all: readonly Statistics[],
  { resamples, seed }: { resamples: number; seed: number },
): Record<string, Float64Array>[] {
  const count = all[0]!.items.length / all[0]!.width;
  const random = randomIntegers(seed);
  const values = all.map(({ figures }) => mapValues(figures, () => new Float64Array(resamples)));
  const times = new Uint32Array(count);
  for (let round = 0; round < resamples; round++) {
    times.fill(0);
    for (let i = 0; i < count; i++) times[random(count)]! += 1;
    for (const [which, { items, width, figures }] of all.entries()) {
      const sums = new Float64Array(width);
      for (let item = 0; item < count; item++) {
        const weight = times[item]!;
        if (weight === 0) continue;
        for (let k = 0; k < width; k++) sums[k]! += weight * items[item * width + k]!;
      }
      for (const [name, figure] of Object.entries(figures)) values[which]![name]![round] = figure(sums, count);
    }
  }
  return values;
}

function known(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value));
}

/** The interval that leaves out equally many values on both sides; between two values, in proportion. */
function percentiles(values: Float64Array, confidence: number): Interval {
  const sorted = values.toSorted();
  const at = (share: number): number => {
    if (sorted.length === 0) return Number.NaN;
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    const low = sorted[below]!;
    const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
    return low + (position - below) * (high - low);
  };
  return { low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T, name: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}
