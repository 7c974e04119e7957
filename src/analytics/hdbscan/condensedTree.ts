// The hierarchy without its small branches: clusters that split into clusters, and points that fall out of them on the way.
// Source: Campello, Moulavi & Sander, PAKDD 2013; McInnes & Healy, arXiv 1705.07321; lambda is 1 / distance.
import type { Hierarchy } from './singleLinkage.js';

/** Cluster 0 is the root, which holds all points; every other one comes after its parent. */
export interface CondensedTree {
  /** Of each cluster: the one that it split from (-1 for the root), at which lambda (0 for the root), and its points then. */
  readonly parents: Int32Array;
  readonly births: Float64Array;
  readonly sizes: Int32Array;
  /** Of each cluster: the largest lambda at which a point fell out of it or it split. */
  readonly deaths: Float64Array;
  /** Of each cluster: how long its points stayed, summed: (lambda of leaving - lambda of birth) over them. */
  readonly stabilities: Float64Array;
  /** Of each point: the last cluster that it was in, and the lambda at which it fell out. */
  readonly pointClusters: Int32Array;
  readonly pointLambdas: Float64Array;
}

/** A branch of fewer points than `minClusterSize` is no cluster: its points fall out. */
export function condensedTree(hierarchy: Hierarchy, minClusterSize: number): CondensedTree {
  const { points, sizes: nodeSizes } = hierarchy;
  const parents = [-1];
  const births = [0];
  const sizes = [points];
  const deaths = [0];
  const stabilities = [0];
  const pointClusters = new Int32Array(points);
  const pointLambdas = new Float64Array(points);
  const merges = hierarchy.distances.length;
  // Breadth first: along a cluster's own nodes its stability is summed in one order, whatever that of the points.
  const waiting = merges === 0 ? [] : [{ node: points + merges - 1, cluster: 0 }];
  for (const { node, cluster } of waiting) {
    const at = node - points;
    const distance = hierarchy.distances[at]!;
    const lambda = distance > 0 ? 1 / distance : Number.POSITIVE_INFINITY;
    const children = hierarchy.children.subarray(hierarchy.childStarts[at]!, hierarchy.childStarts[at + 1]!);
    const large = children.filter((child) => nodeSizes[child]! >= minClusterSize);
    const splits = large.length > 1;
    for (const child of children) {
      if (nodeSizes[child]! < minClusterSize) fall(child, cluster, lambda);
      else if (splits) waiting.push({ node: child, cluster: begin(child, cluster, lambda) });
      else waiting.push({ node: child, cluster });
    }
    const stays = splits || large.length === 0 ? 0 : nodeSizes[large[0]!]!;
    const leaving = nodeSizes[node]! - stays;
    if (leaving > 0) {
      stabilities[cluster]! += (lambda - births[cluster]!) * leaving;
      deaths[cluster] = Math.max(deaths[cluster]!, lambda);
    }
  }
  return {
    parents: Int32Array.from(parents),
    births: Float64Array.from(births),
    sizes: Int32Array.from(sizes),
    deaths: Float64Array.from(deaths),
    stabilities: Float64Array.from(stabilities),
    pointClusters,
    pointLambdas,
  };

  function begin(node: number, parent: number, lambda: number): number {
    parents.push(parent);
    births.push(lambda);
    sizes.push(nodeSizes[node]!);
    deaths.push(0);
    stabilities.push(0);
    return parents.length - 1;
  }

  /** All points under a node leave a cluster. */
  function fall(node: number, cluster: number, lambda: number): void {
    const under = [node];
    for (let next = under.pop(); next !== undefined; next = under.pop()) {
      if (next < points) {
        pointClusters[next] = cluster;
        pointLambdas[next] = lambda;
        continue;
      }
      const at = next - points;
      for (let i = hierarchy.childStarts[at]!; i < hierarchy.childStarts[at + 1]!; i += 1) {
        under.push(hierarchy.children[i]!);
      }
    }
  }
}
