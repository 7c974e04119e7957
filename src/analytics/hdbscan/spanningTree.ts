// The minimum spanning tree of points by mutual reachability: the largest of their distance and both core distances.
// Source: Borůvka's rounds, as in March, Ram & Gray, KDD 2010, and McInnes & Healy, arXiv 1705.07321. Most edges come from lists of near
// neighbours; an index is asked only for points that could have something nearer than their component's best edge so far.
import { disjointSets } from './disjointSets.js';
import type { Neighbours, OutsideAnswers, OutsideQuestion } from './nearness.js';
import { type IndexOptions, pointIndex } from './pointIndex.js';
import { distanceOf, type Points } from './points.js';
import type { SpanningTree } from './singleLinkage.js';
import { uniquePoints } from './uniquePoints.js';

/** Neighbours kept of each point, if not more are needed anyway: they are the edges of the first rounds. */
const LISTED = 10;

export interface Reachability {
  readonly tree: SpanningTree;
  /** Of each point: the distance to its minSamples-th nearest one, itself counted; where there are fewer, to the farthest. */
  readonly coreDistances: Float64Array;
}

export async function spanningTree(
  points: Points,
  minSamples: number,
  options: IndexOptions = {},
): Promise<Reachability> {
  const { unique, copies, original } = uniquePoints(points);
  const k = Math.min(unique.count, Math.max(minSamples, LISTED));
  const index = await pointIndex(unique, options);
  try {
    const neighbours = await index.nearest(k);
    const core = coreOf(neighbours, copies, minSamples);
    const rounds = boruvka(neighbours, core);
    for (let question = rounds.next(); question !== undefined; question = rounds.next()) {
      if (question.points.length > 0) rounds.learn(question.points, await index.nearestOutside(question));
      rounds.merge();
    }
    return expanded(points, { edges: rounds.edges, core, original });
  } finally {
    await index.dispose();
  }
}

/** Squared core distances of unique points, each of which counts as often as it occurs. */
function coreOf({ indices, squared, k }: Neighbours, copies: Int32Array, minSamples: number): Float64Array {
  return Float64Array.from(copies, (_, point) => {
    let counted = 0;
    for (let i = point * k; i < (point + 1) * k; i += 1) {
      counted += copies[indices[i]!]!;
      if (counted >= minSamples) return squared[i]!;
    }
    return squared[(point + 1) * k - 1]!;
  });
}

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly reach: number;
}

/** The rounds: `next` says what the index has to be asked, `learn` takes its answers, `merge` then joins every component with its nearest one. */
function boruvka({ indices, squared, k }: Neighbours, core: Float64Array) {
  const count = core.length;
  const components = Int32Array.from({ length: count }, (_, i) => i);
  const sets = disjointSets(count);
  const edges: Edge[] = [];
  /** What no point outside that is not known can be nearer than. */
  const least = Float64Array.from(core, (own, point) =>
    k === count ? Number.POSITIVE_INFINITY : Math.max(own, squared[(point + 1) * k - 1]!),
  );
  /** What the index found last. */
  const targets = new Int32Array(count).fill(-1);
  const reaches = new Float64Array(count);
  const best = new Float64Array(count);
  const bestFrom = new Int32Array(count);
  const bestTo = new Int32Array(count);
  /** 1 for a component that does not decide in this round. */
  const waits = new Uint8Array(count);

  return {
    edges,
    next(): OutsideQuestion | undefined {
      if (edges.length >= count - 1) return undefined;
      best.fill(Number.POSITIVE_INFINITY);
      for (let point = 0; point < count; point += 1) {
        for (let i = point * k; i < (point + 1) * k; i += 1) {
          const other = indices[i]!;
          if (components[other] === components[point]) continue;
          offer(point, other, Math.max(squared[i]!, core[point]!, core[other]!));
        }
        const target = targets[point]!;
        if (target >= 0 && components[target] !== components[point]) offer(point, target, reaches[point]!);
      }
      let wanted: number[] = [];
      const wantedOf = new Int32Array(count);
      for (let point = 0; point < count; point += 1) {
        const component = components[point]!;
        if (least[point]! >= best[component]!) continue;
        wanted.push(point);
        wantedOf[component]! += 1;
      }
      // Those with most to ask about may as well wait: what the others find joins them too, and their own is seldom needed.
      const alive = components.reduce((sum, component, point) => sum + (component === point ? 1 : 0), 0);
      wantedOf.forEach((own, component) => {
        waits[component] = own > wanted.length / alive ? 1 : 0;
      });
      wanted = wanted.filter((point) => waits[components[point]!] === 0);
      // Those that may find the nearest come first: what they find is a bound for the others.
      const points = Int32Array.from(wanted.sort((a, b) => components[a]! - components[b]! || least[a]! - least[b]!));
      return { points, bounds: best, components, core };
    },
    learn(points: Int32Array, found: OutsideAnswers): void {
      points.forEach((point, i) => {
        const target = found.targets[i]!;
        // Later rounds have fewer points outside: none will be nearer.
        least[point] = found.reaches[i]!;
        if (target < 0) return;
        targets[point] = target;
        reaches[point] = found.reaches[i]!;
        offer(point, target, found.reaches[i]!);
      });
    },
    merge(): void {
      for (let component = 0; component < count; component += 1) {
        if (waits[component] === 1 || best[component] === Number.POSITIVE_INFINITY) continue;
        const [from, to] = [bestFrom[component]!, bestTo[component]!];
        // Of components that are each other's nearest, or of a ring of equal edges, the last edge is one too many.
        if (sets.join(from, to)) edges.push({ from, to, reach: best[component]! });
      }
      for (let point = 0; point < count; point += 1) components[point] = sets.find(point);
    },
  };

  function offer(from: number, to: number, reach: number): void {
    for (const component of [components[from]!, components[to]!]) {
      if (reach < best[component]!) {
        best[component] = reach;
        bestFrom[component] = from;
        bestTo[component] = to;
      }
    }
  }
}

/** Edges and core distances of all points: copies of a point are as near to it as its core distance lets anything be. */
function expanded(
  { count, metric }: Points,
  { edges, core, original }: { edges: readonly Edge[]; core: Float64Array; original: Int32Array },
): Reachability {
  const size = Math.max(0, count - 1);
  const tree = { from: new Int32Array(size), to: new Int32Array(size), lengths: new Float64Array(size) };
  /** Of each unique point: one of its copies. */
  const first = new Int32Array(core.length).fill(-1);
  let at = 0;
  const add = (from: number, to: number, squared: number) => {
    tree.from[at] = from;
    tree.to[at] = to;
    tree.lengths[at] = distanceOf(squared, metric);
    at += 1;
  };
  original.forEach((unique, point) => {
    if (first[unique] === -1) first[unique] = point;
    else add(first[unique]!, point, core[unique]!);
  });
  for (const { from, to, reach } of edges) add(first[from]!, first[to]!, reach);
  return { tree, coreDistances: Float64Array.from(original, (unique) => distanceOf(core[unique]!, metric)) };
}
