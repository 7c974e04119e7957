// What the spanning tree asks about the points, whatever finds the answers. All distances are squared Euclidean ones, exact
// in float64: an index may leave out what cannot be near, but never answers by less.

export interface Neighbours {
  /** Of each point the k nearest, nearest first, itself among them: [n, k]. */
  readonly indices: Int32Array;
  readonly squared: Float64Array;
  readonly k: number;
}

export interface OutsideState {
  /** Of each point: its component. */
  readonly components: Int32Array;
  /** Of each point: its core distance, squared. */
  readonly core: Float64Array;
}

/** For points, which come component by component: what is nearest outside their own, by reach, the largest of distance and both core distances. */
export interface OutsideQuestion extends OutsideState {
  readonly points: Int32Array;
  /** Of each component: what an answer must be below to matter. */
  readonly bounds: Float64Array;
}

export interface OutsideAnswers {
  /** Of each point that was asked about: -1 where nothing is nearer than the bound. */
  readonly targets: Int32Array;
  /** Its reach; where there is none, the bound that it was not below. */
  readonly reaches: Float64Array;
}

/** Answers in this thread. */
export interface LocalIndex {
  /** All points as they are best asked about, near ones in turn. */
  readonly order: Int32Array;
  /** The rows of some points, in their order. `k` at most the number of all points. */
  nearest(points: Int32Array, k: number): Promise<Neighbours>;
  nearestOutside(question: OutsideQuestion): Promise<OutsideAnswers>;
  dispose(): Promise<void>;
}

/** No neighbours yet: rows to be filled. */
export function emptyNeighbours(rows: number, k: number): Neighbours {
  return { indices: new Int32Array(rows * k), squared: new Float64Array(rows * k).fill(Number.POSITIVE_INFINITY), k };
}

/** Puts a point into a row of `size` nearest ones, kept in order; the last one gives way where the row is full. Returns the row's new size. */
export function insertNeighbour(
  { indices, squared, k }: Neighbours,
  row: number,
  { size, point, distance }: { size: number; point: number; distance: number },
): number {
  const base = row * k;
  let place = Math.min(size, k - 1);
  while (place > 0 && squared[base + place - 1]! > distance) {
    squared[base + place] = squared[base + place - 1]!;
    indices[base + place] = indices[base + place - 1]!;
    place -= 1;
  }
  squared[base + place] = distance;
  indices[base + place] = point;
  return Math.min(k, size + 1);
}
