// The single-linkage hierarchy of a spanning tree. Edges of one length merge all that they join at once, into a node of as many
// children: binary merges in some order, as scikit-learn has them, make the result depend on the order of the points.
// Source: Campello et al., Hierarchical Density Estimates, ACM TKDD 10(1), 2015; multiway: Carlsson & Memoli, JMLR 11, 2010.
import { disjointSets } from './disjointSets.js';

export interface SpanningTree {
  /** The points that each edge joins, and its length; in any order. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly lengths: Float64Array;
}

/** Nodes 0 to n-1 are the points, those from n on are merges, by growing distance; the last one is the root. */
export interface Hierarchy {
  readonly points: number;
  /** Of merge n + i: the distance at which it happens. */
  readonly distances: Float64Array;
  /** Children of merge n + i: `children` from `childStarts[i]` to `childStarts[i + 1]`. */
  readonly children: Int32Array;
  readonly childStarts: Int32Array;
  /** Points under each node. */
  readonly sizes: Int32Array;
}

export function singleLinkage(points: number, { from, to, lengths }: SpanningTree): Hierarchy {
  const order = Array.from(lengths.keys()).sort((a, b) => lengths[a]! - lengths[b]!);
  const sets = disjointSets(points);
  /** The node of each set, at its representative. */
  const nodes = Int32Array.from({ length: points }, (_, i) => i);
  const sizes: number[] = Array<number>(points).fill(1);
  const distances: number[] = [];
  const children: number[] = [];
  const childStarts = [0];
  for (let start = 0; start < order.length; ) {
    const distance = lengths[order[start]!]!;
    let end = start;
    while (end < order.length && lengths[order[end]!] === distance) end += 1;
    merge(order.slice(start, end), distance);
    start = end;
  }
  return {
    points,
    distances: Float64Array.from(distances),
    children: Int32Array.from(children),
    childStarts: Int32Array.from(childStarts),
    sizes: Int32Array.from(sizes),
  };

  /** Joins the sets along edges of one length; each new set is one node over all that are in it. */
  function merge(edges: readonly number[], distance: number): void {
    const before = new Set<number>();
    for (const edge of edges) for (const end of [from[edge]!, to[edge]!]) before.add(sets.find(end));
    for (const edge of edges) sets.join(from[edge]!, to[edge]!);
    const members = new Map<number, number[]>();
    for (const set of before) {
      const joined = sets.find(set);
      const list = members.get(joined);
      if (list === undefined) members.set(joined, [nodes[set]!]);
      else list.push(nodes[set]!);
    }
    for (const [set, list] of members) {
      nodes[set] = sizes.length;
      sizes.push(list.reduce((sum, node) => sum + sizes[node]!, 0));
      distances.push(distance);
      for (const node of list) children.push(node);
      childStarts.push(children.length);
    }
  }
}
