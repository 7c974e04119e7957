// Answers by comparing with all points: for many dimensions, where no box can be left out. The squared distances of a block of
// points to all others are one matrix product, |a|² - 2ab + |b|², in float32; it errs, by so much that is known, and
// what it can't rule out is measured in float64.
// Source of the bound: Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1 (sums of K products in any order).
import type * as ort from 'onnxruntime-node';
import { createGraph, initializer, input, output } from '../../onnx/graph.js';
import { MatMul, ReduceMin } from '../../onnx/ops/contraction.js';
import { Reshape } from '../../onnx/ops/layout.js';
import { createSession } from '../../onnx/session.js';
import { floats } from '../../onnx/tensors.js';
import { halved } from './halved.js';
import { emptyNeighbours, insertNeighbour, type LocalIndex } from './nearness.js';
import { type Points, pointOf, squaredBetween } from './points.js';
import { sharedComponent } from './sharedComponent.js';

/** Points whose smallest bound is looked at first: most are far, all of them. */
const CHUNK = 32;
/** Bounds of one product: more would not stay in a core's cache. */
const BOUNDS = 2 ** 20;
/** Rows that a product needs to be fast, and rows beyond which it gains nothing. */
const ROWS = { least: 16, most: 64 };
/** Half the distance between 1 and the next float32. */
const UNIT = 2 ** -24;
/** Below what the bound speaks of: numbers this small lose digits in float32. */
const TINY = 1e-37;
/** Stands where there is no point. */
const NOWHERE = 3e38;

export async function productIndex(points: Points): Promise<LocalIndex> {
  const { count, width, values } = points;
  // Points of a chunk are near each other, so that it is near or far as a whole.
  const { order } = halved(points, CHUNK);
  const placeOf = new Int32Array(count);
  order.forEach((point, place) => {
    placeOf[point] = place;
  });
  const bounds = await lowerBounds(points, order);
  const { chunks } = bounds;
  const endOf = (chunk: number) => Math.min(count, (chunk + 1) * CHUNK);

  return {
    order,
    async nearest(asked, k) {
      const neighbours = emptyNeighbours(asked.length, k);
      const lowest = emptyNeighbours(1, k);
      const likely: number[] = [];
      await bounds.each(asked, (row, { lower, least, slack }) => {
        likely.length = 0;
        // The k lowest bounds: k points are no farther than the last of them and the slack, others need not be measured.
        let found = 0;
        let limit = Number.POSITIVE_INFINITY;
        const own = Math.floor(placeOf[asked[row]!]! / CHUNK);
        look(own);
        for (let chunk = 0; chunk < chunks; chunk += 1) if (least[chunk]! <= limit && chunk !== own) look(chunk);
        const at = pointOf(points, asked[row]!);
        let size = 0;
        for (const place of likely) {
          if (lower[place]! > limit) continue;
          const point = order[place]!;
          const distance = squaredBetween(at, values, point * width);
          if (size < k || distance < neighbours.squared[(row + 1) * k - 1]!)
            size = insertNeighbour(neighbours, row, { size, point, distance });
        }

        function look(chunk: number): void {
          const end = endOf(chunk);
          for (let place = chunk * CHUNK; place < end; place += 1) {
            const distance = lower[place]!;
            if (distance > limit) continue;
            likely.push(place);
            found = insertNeighbour(lowest, 0, { size: found, point: place, distance });
            if (found === k) limit = lowest.squared[k - 1]! + slack;
          }
        }
      });
      return neighbours;
    },
    // The row of a point costs the same whatever the bound: each is told its true nearest, and seldom has to ask again.
    async nearestOutside({ points: asked, components, core }) {
      const targets = new Int32Array(asked.length).fill(-1);
      const reaches = new Float64Array(asked.length).fill(Number.POSITIVE_INFINITY);
      const componentOf = Int32Array.from(order, (point) => components[point]!);
      const shared = Int32Array.from({ length: chunks }, (_, chunk) =>
        sharedComponent(componentOf, chunk * CHUNK, endOf(chunk)),
      );
      await bounds.each(asked, (row, { lower, least }) => {
        const point = asked[row]!;
        const at = pointOf(points, point);
        const [own, ownCore] = [components[point]!, core[point]!];
        let best = Number.POSITIVE_INFINITY;
        let worst = best;
        for (let chunk = 0; chunk < chunks; chunk += 1) {
          if (least[chunk]! >= worst || shared[chunk] === own) continue;
          const end = endOf(chunk);
          for (let place = chunk * CHUNK; place < end; place += 1) {
            if (lower[place]! >= worst || componentOf[place] === own) continue;
            const other = order[place]!;
            if (core[other]! >= best) continue;
            const reach = Math.max(squaredBetween(at, values, other * width), core[other]!, ownCore);
            if (reach >= best) continue;
            best = reach;
            worst = bounds.scaled(best);
            targets[row] = other;
          }
          // No reach is below the point's own core distance.
          if (best === ownCore) break;
        }
        reaches[row] = best;
      });
      return { targets, reaches };
    },
    dispose: () => bounds.dispose(),
  };
}

/** Of one point, what its scaled squared distance to every point is at least; the arrays are used again for the next. */
interface Bounds {
  /** By place in the order. */
  readonly lower: Float32Array;
  /** Of each chunk of places: the smallest. */
  readonly least: Float32Array;
  /** No distance is more than this above its bound. */
  readonly slack: number;
}

interface LowerBounds {
  /** How many chunks the places are in. */
  readonly chunks: number;
  each(asked: Int32Array, visit: (row: number, bounds: Bounds) => void): Promise<void>;
  /** A squared distance as it compares with the bounds. */
  scaled(squared: number): number;
  dispose(): Promise<void>;
}

async function lowerBounds(points: Points, order: Int32Array): Promise<LowerBounds> {
  const { count, width } = points;
  const { values, norms, scale } = scaledDown(points);
  const inner = width + 2;
  // Rounding of the points, of their norms and of the product, as a share of |a|² + |b|².
  const error = (2 * inner + 8) * UNIT * 1.01;
  const lowered = norms.map((norm) => norm * (1 - error) - TINY);
  const chunks = Math.ceil(count / CHUNK);
  const places = chunks * CHUNK;
  const columns = new Float32Array(inner * places);
  columns.fill(NOWHERE, width * places, (width + 1) * places);
  columns.fill(1, (width + 1) * places);
  order.forEach((point, place) => {
    for (let axis = 0; axis < width; axis += 1) columns[axis * places + place] = values[point * width + axis]!;
    columns[width * places + place] = lowered[point]!;
  });
  const size = Math.max(ROWS.least, Math.min(ROWS.most, Math.floor(BOUNDS / Math.max(1, places))));
  const graph = createGraph('distances');
  const rows = input(graph, 'rows', 'float32', [size, inner]);
  const data = new Uint8Array(columns.buffer);
  const all = MatMul(rows, initializer(graph, { name: 'all', dtype: 'float32', shape: [inner, places], data }));
  output('lower', all);
  output('least', ReduceMin(Reshape(all, [size, chunks, CHUNK]), { axis: 2, keepDims: false }));
  const session = await createSession(graph, { provider: 'cpu', threads: 1 });
  const block = new Float32Array(size * inner);
  const feeds: Record<string, ort.Tensor> = { rows: floats(block, [size, inner]) };
  const [lower, least] = [new Float32Array(size * places), new Float32Array(size * chunks)];
  const fetches = { lower: floats(lower, [size, places]), least: floats(least, [size, chunks]) };

  return {
    chunks,
    async each(asked, visit) {
      for (let from = 0; from < asked.length; from += size) {
        const to = Math.min(asked.length, from + size);
        for (let row = from; row < to; row += 1) fill(row - from, asked[row]!);
        await session.run(feeds, fetches);
        for (let row = from, at = 0; row < to; row += 1, at += 1)
          visit(row, {
            lower: lower.subarray(at * places, (at + 1) * places),
            least: least.subarray(at * chunks, (at + 1) * chunks),
            slack: 2 * error * (norms[asked[row]!]! + 1) + 4 * TINY,
          });
      }
    },
    scaled: (squared) => squared * scale * scale,
    dispose: () => session.dispose(),
  };

  function fill(row: number, point: number): void {
    const base = row * inner;
    for (let axis = 0; axis < width; axis += 1) block[base + axis] = -2 * values[point * width + axis]!;
    block[base + width] = 1;
    block[base + width + 1] = lowered[point]!;
  }
}

/** Points around their mean, the farthest at 1, so that neither an offset nor large numbers cost digits; with their squared lengths. */
function scaledDown({ count, width, values }: Points): { values: Float32Array; norms: Float64Array; scale: number } {
  const mean = new Float64Array(width);
  for (let i = 0; i < values.length; i += 1) mean[i % width]! += values[i]! / count;
  let farthest = 0;
  for (let point = 0; point < count; point += 1) {
    let norm = 0;
    for (let axis = 0; axis < width; axis += 1) norm += (values[point * width + axis]! - mean[axis]!) ** 2;
    farthest = Math.max(farthest, norm);
  }
  const scale = farthest > 0 ? 1 / Math.sqrt(farthest) : 1;
  const scaled = new Float32Array(values.length);
  const norms = new Float64Array(count);
  for (let i = 0; i < values.length; i += 1) {
    const value = Math.fround((values[i]! - mean[i % width]!) * scale);
    scaled[i] = value;
    norms[Math.floor(i / width)]! += value * value;
  }
  return { values: scaled, norms, scale };
}
