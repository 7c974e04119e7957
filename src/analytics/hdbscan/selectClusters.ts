// Which clusters of a condensed tree are the answer: none within another.
// Source: Campello et al. (eom, leaf); Malzer & Baum, arXiv 1911.02282 (epsilon); each decision as scikit-learn 1.9 takes it.
import type { CondensedTree } from './condensedTree.js';

export interface SelectionOptions {
  /** 'eom': those that last longest, excess of mass. 'leaf': the smallest ones. Default 'eom'. */
  readonly method?: 'eom' | 'leaf';
  /** Clusters that split at a distance below this one are not told apart. Default 0. */
  readonly epsilon?: number;
  /** eom takes no larger cluster. Default: any. */
  readonly maxClusterSize?: number;
  /** Whether all points may be one cluster. Default false. */
  readonly allowSingleCluster?: boolean;
}

/** The selected clusters of a tree, ascending. */
export function selectClusters(tree: CondensedTree, options: SelectionOptions = {}): number[] {
  const { method = 'eom', epsilon = 0 } = options;
  const children = childrenOf(tree);
  const chosen = method === 'leaf' ? leaves(children) : excessOfMass(tree, children, options);
  if (epsilon === 0 || children[0]!.length === 0 || chosen[0] === 0) return chosen;
  return farEnough(tree, children, chosen, options);
}

/** The clusters that each one split into. */
export function childrenOf({ parents }: CondensedTree): number[][] {
  const children = Array.from(parents, (): number[] => []);
  parents.forEach((parent, cluster) => {
    if (parent >= 0) children[parent]!.push(cluster);
  });
  return children;
}

/** Those that do not split; the root alone is none. */
function leaves(children: readonly (readonly number[])[]): number[] {
  return children.flatMap((own, cluster) => (own.length === 0 && cluster !== 0 ? [cluster] : []));
}

/** A cluster is taken unless those within it are together more stable, or it is too large. */
function excessOfMass(
  { stabilities, sizes }: CondensedTree,
  children: readonly (readonly number[])[],
  { maxClusterSize = Number.POSITIVE_INFINITY, allowSingleCluster = false }: SelectionOptions,
): number[] {
  const best = Float64Array.from(stabilities);
  const taken = new Uint8Array(best.length);
  for (let cluster = best.length - 1; cluster >= (allowSingleCluster ? 0 : 1); cluster -= 1) {
    const within = children[cluster]!.reduce((sum, child) => sum + best[child]!, 0);
    // The root counts by what it splits into.
    const size = cluster === 0 ? children[0]!.reduce((sum, child) => sum + sizes[child]!, 0) : sizes[cluster]!;
    if (within > best[cluster]! || size > maxClusterSize) best[cluster] = within;
    else taken[cluster] = 1;
  }
  // From the root on: what is within a taken cluster is not one of its own.
  const found: number[] = [];
  const waiting = [0];
  for (const cluster of waiting) {
    if (taken[cluster] === 1) found.push(cluster);
    else waiting.push(...children[cluster]!);
  }
  return found.sort((a, b) => a - b);
}

/** Instead of a cluster that was born at a smaller distance, the nearest one above that was not. */
function farEnough(
  { parents, births }: CondensedTree,
  children: readonly (readonly number[])[],
  chosen: readonly number[],
  { epsilon = 0, allowSingleCluster = false }: SelectionOptions,
): number[] {
  const found = new Set<number>();
  const within = new Set<number>();
  for (const cluster of chosen) {
    if (1 / births[cluster]! >= epsilon) found.add(cluster);
    else if (!within.has(cluster)) {
      const above = ancestor(cluster);
      found.add(above);
      const under = [...children[above]!];
      for (const each of under) {
        within.add(each);
        under.push(...children[each]!);
      }
    }
  }
  return [...found].sort((a, b) => a - b);

  function ancestor(cluster: number): number {
    let at = cluster;
    for (;;) {
      const parent = parents[at]!;
      if (parent === 0) return allowSingleCluster ? 0 : at;
      at = parent;
      if (1 / births[at]! > epsilon) return at;
    }
  }
}
