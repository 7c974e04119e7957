// The points that stand for a cluster, one group for each of its cores.
// Source: soft clustering of the hdbscan package (McInnes, Healy & Astels, JOSS 2(11), 2017), `exemplars_`.
import type { Clustering } from './hdbscan.js';
import { childrenOf } from './selectClusters.js';

/** Of each label: the points that stay to the very end of a cluster's innermost parts (sub-clusters that split no further), ascending. */
export function exemplars({ tree, selected }: Pick<Clustering, 'tree' | 'selected'>): number[][] {
  const children = childrenOf(tree);
  const byCluster = Array.from(tree.births, (): number[] => []);
  tree.pointClusters.forEach((cluster, point) => {
    if (children[cluster]!.length === 0 && tree.pointLambdas[point] === tree.deaths[cluster])
      byCluster[cluster]!.push(point);
  });
  return selected.map((cluster) => {
    const within = [cluster];
    for (const each of within) within.push(...children[each]!);
    return within.flatMap((each) => byCluster[each]!).sort((a, b) => a - b);
  });
}
