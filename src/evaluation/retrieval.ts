// How well vectors of pictures and texts find each other, and how well they tell events apart.

/** Similarities [rows, columns], row by row. */
export interface Similarities {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
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
 * R@k in percent, for each k: rows for which a right column is among the k most similar ones. Several columns may be right for a
 * row; a wrong one that is as similar as the best right one stands before it, so that vectors all alike find nothing.
 */
export function recallAt(
  { rows, columns, values }: Similarities,
  right: (row: number, column: number) => boolean,
  ks: readonly number[],
): number[] {
  const hits = ks.map(() => 0);
  for (let i = 0; i < rows; i += 1) {
    const row = values.subarray(i * columns, (i + 1) * columns);
    const rights = Array.from(row, (_, j) => right(i, j));
    const best = row.reduce((top, value, j) => (rights[j] ? Math.max(top, value) : top), Number.NEGATIVE_INFINITY);
    const before = row.reduce((count, value, j) => count + (!rights[j] && value >= best ? 1 : 0), 0);
    ks.forEach((k, at) => {
      if (before < k) hits[at]! += 1;
    });
  }
  return hits.map((count) => (100 * count) / rows);
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
