// A k-d tree: for points of few dimensions, where whole boxes can be left out.
// Source: Bentley, CACM 18(9), 1975; boxes of one component are left out as in March, Ram & Gray, KDD 2010.
import { halved } from './halved.js';
import { insertNeighbour, type Neighbours, type OutsideState } from './nearness.js';
import { type Points, pointOf } from './points.js';
import { sharedComponent } from './sharedComponent.js';

/** Points of a leaf: fewer make more boxes to look at, more make more distances. */
const LEAF = 24;

export interface KdTree {
  /** Points in the order of the tree: ones that follow each other are near each other, and quick to ask about in turn. */
  readonly order: Int32Array;
  /** Fills an empty row with the k nearest of a point, nearest first, itself among them. */
  nearest(point: number, row: number, into: Neighbours): void;
  /** Prepares questions about what is near outside of a point's component, as components are now. */
  outside(state: OutsideState): (point: number, limit: number) => { readonly target: number; readonly reach: number };
}

export function kdTree(points: Points): KdTree {
  const { count, width, values } = points;
  const { order, starts, ends, rights } = halved(points, LEAF);
  const low = new Float64Array(starts.length * width);
  const high = new Float64Array(starts.length * width);
  const sorted = new Float64Array(count * width);
  order.forEach((point, place) => {
    sorted.set(pointOf(points, point), place * width);
  });
  for (let node = starts.length - 1; node >= 0; node -= 1) box(node);

  return {
    order,
    nearest: nearestOf,
    outside({ components, core }) {
      const componentOf = Int32Array.from(order, (point) => components[point]!);
      const own = folded(
        new Int32Array(starts.length),
        (start, end) => sharedComponent(componentOf, start, end),
        (left, right) => (left === right ? left : -1),
      );
      const least = folded(new Float64Array(starts.length), leastCore, Math.min);
      return (point, limit) => {
        const best = { target: -1, reach: limit };
        if (core[point]! < limit) look(0, point, best);
        return best;
      };

      function leastCore(start: number, end: number): number {
        let smallest = Number.POSITIVE_INFINITY;
        for (let place = start; place < end; place += 1) smallest = Math.min(smallest, core[order[place]!]!);
        return smallest;
      }

      function look(node: number, point: number, best: { target: number; reach: number }): void {
        if (own[node] === components[point]!) return;
        const right = rights[node]!;
        if (right === 0) {
          for (let place = starts[node]!; place < ends[node]!; place += 1) {
            const other = order[place]!;
            if (componentOf[place] === components[point] || core[other]! >= best.reach) continue;
            const reach = Math.max(distance(point, place, best.reach), core[other]!, core[point]!);
            if (reach < best.reach) {
              best.reach = reach;
              best.target = other;
            }
          }
          return;
        }
        const a = Math.max(boxDistance(node + 1, point), least[node + 1]!);
        const b = Math.max(boxDistance(right, point), least[right]!);
        if (a <= b) {
          if (a < best.reach) look(node + 1, point, best);
          if (b < best.reach) look(right, point, best);
        } else {
          if (b < best.reach) look(right, point, best);
          if (a < best.reach) look(node + 1, point, best);
        }
      }
    },
  };

  function box(node: number): void {
    const right = rights[node]!;
    for (let axis = 0; axis < width; axis += 1) {
      let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      if (right === 0) {
        for (let place = starts[node]!; place < ends[node]!; place += 1) {
          const value = sorted[place * width + axis]!;
          if (value < least) least = value;
          if (value > most) most = value;
        }
      } else {
        least = Math.min(low[(node + 1) * width + axis]!, low[right * width + axis]!);
        most = Math.max(high[(node + 1) * width + axis]!, high[right * width + axis]!);
      }
      low[node * width + axis] = least;
      high[node * width + axis] = most;
    }
  }

  function boxDistance(node: number, point: number): number {
    let sum = 0;
    for (let i = node * width, j = point * width; i < (node + 1) * width; i += 1, j += 1) {
      const value = values[j]!;
      const gap = value < low[i]! ? low[i]! - value : value > high[i]! ? value - high[i]! : 0;
      sum += gap * gap;
    }
    return sum;
  }

  /** As squaredBetween where it is below `limit` (to the last bit where the points are short); else it may stop early, above the limit. */
  function distance(point: number, place: number, limit: number): number {
    let sum = 0;
    const own = point * width;
    const base = place * width;
    for (let axis = 0; axis < width; axis += 1) {
      const difference = values[own + axis]! - sorted[base + axis]!;
      sum += difference * difference;
      if (sum >= limit) return sum;
    }
    return sum;
  }

  function nearestOf(point: number, row: number, into: Neighbours): void {
    const { squared, k } = into;
    const last = (row + 1) * k - 1;
    let size = 0;
    look(0);

    function look(node: number): void {
      const right = rights[node]!;
      if (right === 0) {
        for (let place = starts[node]!; place < ends[node]!; place += 1) {
          const found = distance(point, place, squared[last]!);
          if (found < squared[last]! || size < k)
            size = insertNeighbour(into, row, { size, point: order[place]!, distance: found });
        }
        return;
      }
      const a = boxDistance(node + 1, point);
      const b = boxDistance(right, point);
      const [near, far, further] = a <= b ? [node + 1, right, b] : [right, node + 1, a];
      if (Math.min(a, b) < squared[last]!) look(near);
      if (further < squared[last]!) look(far);
    }
  }

  /** A number of each node, from the leaves up: of a leaf's places, or of what both halves have. */
  function folded<Numbers extends Int32Array | Float64Array>(
    into: Numbers,
    ofLeaf: (start: number, end: number) => number,
    ofHalves: (left: number, right: number) => number,
  ): Numbers {
    for (let node = starts.length - 1; node >= 0; node -= 1) {
      const right = rights[node]!;
      into[node] = right === 0 ? ofLeaf(starts[node]!, ends[node]!) : ofHalves(into[node + 1]!, into[right]!);
    }
    return into;
  }
}
