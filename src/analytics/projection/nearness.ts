// How surely a neighbour is near: 1 of the nearest, less of the others as the neighbourhood is dense.
// Source: McInnes, Healy, Melville, UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction, 2018, algorithm 3.
import type { Nearest } from './nearestRows.js';

const ROUNDS = 48;
/** Least width of a neighbourhood, as a share of its mean distance: copies of one vector have none. */
const LEAST = 1e-3;

/** Weights in (0, 1] beside the neighbours: exp(-(distance - nearest) / width), with widths by which each row's add up to log2(k). */
export function nearnessOf({ k, distances }: Nearest): Float32Array {
  const weights = new Float32Array(distances.length);
  const target = Math.log2(Math.max(2, k));
  for (let start = 0; k > 0 && start < distances.length; start += k) {
    const own = distances.subarray(start, start + k);
    const nearest = own.find((distance) => distance > 0) ?? 0;
    const mean = own.reduce((sum, distance) => sum + distance, 0) / k;
    let [low, high, width] = [0, Number.POSITIVE_INFINITY, 1];
    for (let round = 0; round < ROUNDS; round += 1) {
      let sum = 0;
      for (const distance of own) sum += Math.exp(-Math.max(0, distance - nearest) / width);
      if (Math.abs(sum - target) < 1e-5) break;
      if (sum > target) high = width;
      else low = width;
      width = high === Number.POSITIVE_INFINITY ? width * 2 : (low + high) / 2;
    }
    width = Math.max(width, LEAST * mean, Number.MIN_VALUE);
    for (let i = 0; i < k; i += 1) weights[start + i] = Math.exp(-Math.max(0, own[i]! - nearest) / width);
  }
  return weights;
}
