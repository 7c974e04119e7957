import { adaptiveAveragePool } from '../blip2/adaptivePool.js';
import type { QueryAttention } from './explanation.js';

/** One query's attention laid out on the g x g patches: a pooled cell's share goes to its patches in equal parts. */
export function pictureMap(attention: QueryAttention, grid: number): Float64Array {
  const map = Float64Array.from(attention.patches);
  for (const { side, cells } of attention.scales) {
    const pool = adaptiveAveragePool(grid, side);
    cells.forEach((share, cell) => {
      for (let p = 0; p < map.length; p += 1) map[p]! += share * pool[cell * map.length + p]!;
    });
  }
  return map;
}

/**
 * The weighted mean of maps of equal length, null where all weights are 0. `weights` need not sum to 1 and are not negative.
 */
export function weightedMean(maps: readonly ArrayLike<number>[], weights: readonly number[]): number[] | null {
  const total = weights.reduce((a, b) => a + b, 0);
  if (!(total > 0)) return null;
  const mean = Array<number>(maps[0]!.length).fill(0);
  maps.forEach((map, i) => {
    for (let p = 0; p < mean.length; p += 1) mean[p]! += (weights[i]! / total) * map[p]!;
  });
  return mean;
}
