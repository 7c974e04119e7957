// Points -> selected clusters, and how firmly each belongs to its own.
// Source: as scikit-learn 1.9 labels (HDBSCAN.labels_, probabilities_).
import type { CondensedTree } from './condensedTree.js';

export interface Labels {
  /** Of each point: a cluster's number, counted in the order in which clusters first appear among the points; -1 is noise. */
  readonly labels: Int32Array;
  /** 1: in the cluster's core; towards 0: left it long before it ended; noise has 0. */
  readonly probabilities: Float64Array;
  /** Of each number: the cluster's place in the tree. */
  readonly clusters: readonly number[];
}

export interface Membership {
  /** The selected cluster's place in the tree. */
  readonly cluster: number;
  readonly probability: number;
}

/**
 * What a point belongs to that was last in some cluster of the tree and left it at a lambda; undefined: noise. `epsilon` as the
 * clusters were selected with: where all points are one cluster, it says who is in it.
 */
export function memberships(
  { parents, deaths }: CondensedTree,
  selected: readonly number[],
  epsilon = 0,
): (last: number, lambda: number) => Membership | undefined {
  const isSelected = new Set(selected);
  // Parents come before their children.
  const owner = new Int32Array(parents.length);
  parents.forEach((parent, cluster) => {
    owner[cluster] = isSelected.has(cluster) ? cluster : parent < 0 ? -1 : owner[parent]!;
  });
  // All points are in the root: in it as a cluster are those that it kept to its end, or longer than to `epsilon`.
  const leastOfRoot = epsilon > 0 ? 1 / epsilon : deaths[0]!;
  return (last, lambda) => {
    const cluster = owner[last]!;
    if (cluster < 0 || (cluster === 0 && (selected.length > 1 || lambda < leastOfRoot))) return undefined;
    const death = deaths[cluster]!;
    const all = death === 0 || lambda === Number.POSITIVE_INFINITY;
    return { cluster, probability: all ? 1 : Math.min(lambda, death) / death };
  };
}

export function labelPoints(
  tree: CondensedTree,
  memberOf: (last: number, lambda: number) => Membership | undefined,
): Labels {
  const numbers = new Map<number, number>();
  const labels = new Int32Array(tree.pointClusters.length).fill(-1);
  const probabilities = new Float64Array(labels.length);
  tree.pointClusters.forEach((last, point) => {
    const member = memberOf(last, tree.pointLambdas[point]!);
    if (member === undefined) return;
    const known = numbers.get(member.cluster) ?? numbers.size;
    numbers.set(member.cluster, known);
    labels[point] = known;
    probabilities[point] = member.probability;
  });
  return { labels, probabilities, clusters: [...numbers.keys()] };
}
