// New points -> the clusters of an existing tree, as if each had come alone: the tree stays as it is.
// Source: approximate_predict of the hdbscan package (McInnes, Healy & Astels, JOSS 2(11), 2017).
import { AppError } from '../../errors.js';
import type { Matrix } from '../../matrix.js';
import type { Clustering } from './hdbscan.js';
import { emptyNeighbours, insertNeighbour } from './nearness.js';
import { distanceOf, pointOf, pointsOf, squaredBetween } from './points.js';

export interface Assignment {
  /** Labels as the clustering has them; -1 is noise. */
  readonly labels: Int32Array;
  readonly probabilities: Float64Array;
}

/**
 * Assigns the rows of a matrix [m, width]. Each falls out of the tree where its nearest point by mutual reachability does, or earlier,
 * as far as it is from it. Compares with every point: 10,000 of 256 numbers take some milliseconds a row.
 * Throws AppError BAD_USER_INPUT for another width, or a row that is no point.
 */
export function assignPoints(clustering: Clustering, matrix: Matrix): Assignment {
  const { points, tree, selected, coreDistances } = clustering;
  if (matrix.columns !== points.width)
    throw new AppError('BAD_USER_INPUT', `rows of ${matrix.columns} numbers; the clusters have ${points.width}`);
  const fresh = pointsOf(matrix, points.metric);
  const labelOf = new Map(selected.map((cluster, label) => [cluster, label]));
  const labels = new Int32Array(fresh.count).fill(-1);
  const probabilities = new Float64Array(fresh.count);
  // A new point does not make its place denser: one that equals a point of the tree is as dense as that.
  const k = Math.min(points.count, clustering.minSamples);
  if (points.count === 0) return { labels, probabilities };
  const distances = new Float64Array(points.count);
  for (let row = 0; row < fresh.count; row += 1) {
    const { target, reach } = nearestByReach(row);
    const lambda = reach > 0 ? Math.min(1 / reach, tree.pointLambdas[target]!) : tree.pointLambdas[target]!;
    let cluster = tree.pointClusters[target]!;
    while (cluster > 0 && tree.births[cluster]! > lambda) cluster = tree.parents[cluster]!;
    const member = clustering.memberOf(cluster, lambda);
    // A cluster that no point was left in has no label.
    const label = member && labelOf.get(member.cluster);
    if (label === undefined) continue;
    labels[row] = label;
    probabilities[row] = member!.probability;
  }
  return { labels, probabilities };

  function nearestByReach(row: number): { target: number; reach: number } {
    const nearest = emptyNeighbours(1, k);
    const own = pointOf(fresh, row);
    let size = 0;
    for (let point = 0; point < points.count; point += 1) {
      const squared = squaredBetween(own, points.values, point * points.width);
      distances[point] = squared;
      if (size < k || squared < nearest.squared[k - 1]!)
        size = insertNeighbour(nearest, 0, { size, point, distance: squared });
    }
    const core = distanceOf(nearest.squared[k - 1]!, points.metric);
    let [target, reach, distance] = [-1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let point = 0; point < points.count; point += 1) {
      const direct = distanceOf(distances[point]!, points.metric);
      const found = Math.max(direct, core, coreDistances[point]!);
      // Of equally reachable ones the nearest, then the first to stay longest: not the order of the points decides.
      if (found > reach) continue;
      if (found === reach && !(direct < distance || (direct === distance && longer(point, target)))) continue;
      [target, reach, distance] = [point, found, direct];
    }
    return { target, reach };
  }

  function longer(point: number, other: number): boolean {
    return tree.pointLambdas[point]! > tree.pointLambdas[other]!;
  }
}
