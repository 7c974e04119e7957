// HDBSCAN*: clusters of any number, shape and density, and noise. The same points in any order give the same clusters.
// Source: Campello, Moulavi & Sander, PAKDD 2013; McInnes & Healy, Accelerated HDBSCAN, arXiv 1705.07321.
import { AppError } from '../../errors.js';
import type { Matrix } from '../../matrix.js';
import { type CondensedTree, condensedTree } from './condensedTree.js';
import { labelPoints, type Membership, memberships } from './labelPoints.js';
import type { IndexOptions } from './pointIndex.js';
import { type Metric, type Points, pointsOf } from './points.js';
import { type SelectionOptions, selectClusters } from './selectClusters.js';
import { singleLinkage } from './singleLinkage.js';
import { spanningTree } from './spanningTree.js';

export interface HdbscanOptions extends SelectionOptions {
  /** Fewer points are no cluster; at least 2. */
  readonly minClusterSize: number;
  /** A point is as dense as its distance to so many points, itself among them, is small: more smooths. Default: minClusterSize. Of fewer points: to all. */
  readonly minSamples?: number;
  /** Default 'euclidean'. 'cosine': 1 - cosine. */
  readonly metric?: Metric;
  /** How neighbours are found: changes the time, not the result. */
  readonly index?: IndexOptions;
}

export interface Clustering {
  /** Of each point: its cluster, counted in the order in which they first appear; -1 is noise. */
  readonly labels: Int32Array;
  /** Of each point: how firmly it belongs to its cluster, 0 to 1; noise has 0. */
  readonly probabilities: Float64Array;
  /** All clusters that were considered, with those within them. */
  readonly tree: CondensedTree;
  /** Of each label: the cluster's place in the tree. */
  readonly selected: readonly number[];
  /** Of each point: the distance to its minSamples-th nearest point, itself counted. */
  readonly coreDistances: Float64Array;
  /** What a point belongs to that was last in a cluster of the tree and left it at a lambda. */
  readonly memberOf: (last: number, lambda: number) => Membership | undefined;
  readonly points: Points;
  readonly minSamples: number;
}

/** Clusters the rows of a matrix [n, width]. Throws AppError BAD_USER_INPUT for options out of range, and for a row that is no point (it is named). */
export async function hdbscan(matrix: Matrix, options: HdbscanOptions): Promise<Clustering> {
  const { minClusterSize, minSamples = minClusterSize, metric = 'euclidean' } = options;
  for (const [name, value, least] of [
    ['minClusterSize', minClusterSize, 2],
    ['minSamples', minSamples, 1],
    ['maxClusterSize', options.maxClusterSize ?? 1, 1],
  ] as const) {
    if (!Number.isInteger(value) || value < least)
      throw new AppError('BAD_USER_INPUT', `${name}: expected a whole number of at least ${least}, got ${value}`);
  }
  if (!((options.epsilon ?? 0) >= 0))
    throw new AppError('BAD_USER_INPUT', 'epsilon: expected a distance of at least 0');
  const points = pointsOf(matrix, metric);
  const { tree: edges, coreDistances } = await spanningTree(points, minSamples, options.index);
  const tree = condensedTree(singleLinkage(points.count, edges), minClusterSize);
  const memberOf = memberships(tree, selectClusters(tree, options), options.epsilon);
  const { labels, probabilities, clusters } = labelPoints(tree, memberOf);
  return { labels, probabilities, tree, selected: clusters, memberOf, coreDistances, points, minSamples };
}
