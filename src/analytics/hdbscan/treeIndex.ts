// Answers of a k-d tree.
import { kdTree } from './kdTree.js';
import { emptyNeighbours, type LocalIndex } from './nearness.js';
import type { Points } from './points.js';

export function treeIndex(points: Points): LocalIndex {
  const tree = kdTree(points);
  return {
    order: tree.order,
    async nearest(asked, k) {
      const neighbours = emptyNeighbours(asked.length, k);
      for (let row = 0; row < asked.length; row += 1) {
        tree.nearest(asked[row]!, row, neighbours);
      }
      return neighbours;
    },
    async nearestOutside({ points: asked, bounds, components, core }) {
      const ask = tree.outside({ components, core });
      const least = bounds.slice();
      const targets = new Int32Array(asked.length);
      const reaches = new Float64Array(asked.length);
      for (let i = 0; i < asked.length; i += 1) {
        const component = components[asked[i]!]!;
        const { target, reach } = ask(asked[i]!, least[component]!);
        targets[i] = target;
        reaches[i] = reach;
        if (target < 0) continue;
        // What one point found need not be looked beyond for its neighbours.
        for (const either of [component, components[target]!]) least[either] = Math.min(least[either]!, reach);
      }
      return { targets, reaches };
    },
    dispose: async () => undefined,
  };
}
