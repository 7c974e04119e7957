// How well vectors of pictures and texts find each other, and how well they tell events apart.

/** Similarities [rows, columns], row by row. */
export interface Similarities {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** Vectors of one width, one below the other: [rows, width]. */
export function stacked(vectors: readonly Float32Array[]): Float32Array {
  const width = vectors[0]?.length ?? 0;
  const all = new Float32Array(vectors.length * width);
  vectors.forEach((vector, row) => {
    all.set(vector, row * width);
  });
  return all;
}

/** Dot products of vectors [rows, width] with others [columns, width]. */
export function dotProducts(a: Float32Array, b: Float32Array, width: number): Similarities {
  const [rows, columns] = [a.length / width, b.length / width];
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns; j += 1) {
      let sum = 0;
      for (let k = 0; k < width; k += 1) sum += a[i * width + k]! * b[j * width + k]!;
      values[i * columns + j] = sum;
    }
  }
  return { rows, columns, values };
}

export function transposed({ rows, columns, values }: Similarities): Similarities {
  const turned = Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);
  return { rows: columns, columns: rows, values: turned };
}

/**
 * For each row how many wrong columns stand before its best right one. Several columns may be right for a row; a wrong one that is
 * as similar as the best right one stands before it, so that vectors all alike find nothing.
 */
export function wrongBefore(
  { rows, columns, values }: Similarities,
  right: (row: number, column: number) => boolean,
): number[] {
  return Array.from({ length: rows }, (_, i) => {
    const row = values.subarray(i * columns, (i + 1) * columns);
    const rights = Array.from(row, (__, j) => right(i, j));
    const best = row.reduce((top, value, j) => (rights[j] ? Math.max(top, value) : top), Number.NEGATIVE_INFINITY);
    return row.reduce((count, value, j) => count + (!rights[j] && value >= best ? 1 : 0), 0);
  });
}

/** R@k in percent, for each k: rows for which a right column is among the k most similar ones, as `wrongBefore` counts. */
export function recallAt(
  similarities: Similarities,
  right: (row: number, column: number) => boolean,
  ks: readonly number[],
): number[] {
  const before = wrongBefore(similarities, right);
  return ks.map((k) => (100 * before.filter((count) => count < k).length) / similarities.rows);
}

/**
 * From the cosines of texts [i] with others [j], of which i = j tell of the same event: `same` and `different`, their means, and
 * `area` under the curve. Pairs of different events for which `shared` holds are left out.
 */
export function eventScores(
  { columns, values }: Similarities,
  shared: (i: number, j: number) => boolean,
): { same: number; different: number; area: number } {
  const same: number[] = [];
  const different: number[] = [];
  values.forEach((value, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    if (i === j) same.push(value);
    else if (!shared(i, j)) different.push(value);
  });
  const mean = (all: readonly number[]) => all.reduce((a, b) => a + b, 0) / Math.max(1, all.length);
  return {
    same: mean(same),
    different: mean(different),
    area: areaUnderCurve(Float32Array.from(same), Float32Array.from(different)),
  };
}

/**
 * Area under the ROC curve: how often a value of `same` is larger than one of `different`, equal ones counting half.
 * Source: Mann & Whitney (1947), by ranks.
 */
export function areaUnderCurve(same: Float32Array, different: Float32Array): number {
  const low = Float32Array.from(different).sort();
  let sum = 0;
  for (const value of same) sum += (countBelow(low, value) + countBelow(low, value, true)) / 2;
  return sum / (same.length * different.length);
}

/** How many of a sorted array are below a value, or not above it. */
function countBelow(sorted: Float32Array, value: number, orEqual = false): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle]! < value || (orEqual && sorted[middle] === value)) from = middle + 1;
    else to = middle;
  }
  return from;
}
