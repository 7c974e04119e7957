// Groups vectors whose neighbourhoods are dense: Taylor-Butina clustering (D. Butina, J. Chem. Inf. Comput. Sci. 39, 1999,
// 747-750) on cosine similarity. A first version for the first hotspots: it compares every pair, so it is for a few thousand.
import { setImmediate } from 'node:timers/promises';

/** Rows compared before others get the event loop: 2,000 vectors of 384 take 1.5 s together, and 25 ms a turn. */
const ROWS_PER_TURN = 32;

export interface ClusterOptions {
  /** Cosine from which two vectors are neighbours; the default takes the sample's events apart in the shipped embedder's space. */
  readonly similarity?: number;
  /** Fewer members are no cluster: the point stays alone. */
  readonly minSize?: number;
}

export interface Cluster {
  /** Position of the member that has the most neighbours. */
  readonly centre: number;
  /** Positions in the input, ascending; the centre among them. */
  readonly members: readonly number[];
  /** Cosine of each member to the mean direction of the cluster, in the order of `members`. */
  readonly similarities: readonly number[];
}

interface Item {
  /** Breaks ties, so that the order of the input does not matter. Unique. */
  readonly key: string;
  readonly vector: Float32Array;
}

/**
 * Clusters of `items`, largest first. The point with the most unassigned neighbours founds a cluster with them, again and
 * again; of two with equally many the smaller key does. The same items in any order give the same clusters.
 */
export async function clusterCaptions(
  items: readonly Item[],
  { similarity = 0.62, minSize = 3 }: ClusterOptions = {},
): Promise<Cluster[]> {
  const order = items.map((_, index) => index).sort((a, b) => (items[a]!.key < items[b]!.key ? -1 : 1));
  const unit = order.map((index) => normalize(items[index]!.vector));
  const neighbours = unit.map((): number[] => []);
  for (let a = 0; a < unit.length; a++) {
    if (a % ROWS_PER_TURN === 0) await setImmediate();
    for (let b = a + 1; b < unit.length; b++) {
      if (dot(unit[a]!, unit[b]!) >= similarity) {
        neighbours[a]!.push(b);
        neighbours[b]!.push(a);
      }
    }
  }
  const free = new Set(unit.keys());
  const counts = neighbours.map((list) => list.length);
  const clusters: Cluster[] = [];
  for (;;) {
    let centre = -1;
    for (const point of free) {
      if (centre === -1 || counts[point]! > counts[centre]!) centre = point;
    }
    if (centre === -1 || counts[centre]! + 1 < minSize) break;
    const members = [centre, ...neighbours[centre]!.filter((point) => free.has(point))];
    for (const member of members) {
      free.delete(member);
      for (const point of neighbours[member]!) counts[point]!--;
    }
    clusters.push(describe(centre, members));
  }
  return clusters;

  function describe(centre: number, members: readonly number[]): Cluster {
    const mean = normalize(sum(members.map((member) => unit[member]!)));
    const rows = members
      .map((member) => ({ index: order[member]!, similarity: dot(unit[member]!, mean) }))
      .sort((a, b) => a.index - b.index);
    return {
      centre: order[centre]!,
      members: rows.map(({ index }) => index),
      similarities: rows.map((row) => row.similarity),
    };
  }
}

/** A zero vector stays zero: it is like nothing. */
function normalize(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return length === 0 ? vector : vector.map((value) => value / length);
}

function sum(vectors: readonly Float32Array[]): Float32Array {
  const total = new Float32Array(vectors[0]!.length);
  for (const vector of vectors) for (let d = 0; d < total.length; d++) total[d]! += vector[d]!;
  return total;
}

function dot(a: Float32Array, b: Float32Array): number {
  let total = 0;
  for (let d = 0; d < a.length; d++) total += a[d]! * b[d]!;
  return total;
}
