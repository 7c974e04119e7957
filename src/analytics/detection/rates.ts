// How many posts there were around a time: half-hour buckets, smoothed by a two-sided exponential.
import { HOUR, type Tuning } from './tuning.js';

const BUCKET = HOUR / 2;
/** Buckets to each side: four hours. */
const REACH = 8;

export interface Rate {
  add(at: number, count: number): void;
  /** Posts around a time, those farther off counting less. */
  near(at: number): number;
  /** Forgets what was before a time. */
  forget(before: number): void;
}

export function createRate({ rateHours }: Tuning): Rate {
  const buckets = new Map<number, number>();
  const smoothed = new Map<number, number>();
  const weights = Array.from({ length: 2 * REACH + 1 }, (_, i) => Math.exp((-Math.abs(i - REACH) * 0.5) / rateHours));
  return {
    add(at, count) {
      const bucket = Math.floor(at / BUCKET);
      const sum = (buckets.get(bucket) ?? 0) + count;
      if (sum === 0) buckets.delete(bucket);
      else buckets.set(bucket, sum);
      smoothed.clear();
    },
    near(at) {
      const bucket = Math.floor(at / BUCKET);
      const known = smoothed.get(bucket);
      if (known !== undefined) return known;
      let sum = 0;
      for (let i = -REACH; i <= REACH; i += 1) sum += (buckets.get(bucket + i) ?? 0) * weights[i + REACH]!;
      smoothed.set(bucket, sum);
      return sum;
    },
    forget(before) {
      for (const bucket of buckets.keys()) if ((bucket + 1) * BUCKET <= before) buckets.delete(bucket);
    },
  };
}
