// The rows of a matrix that are nearest to those of another, by comparing with all: for some tens of numbers a row and some thousand rows.
import type { Matrix } from '../../matrix.js';

export interface Nearest {
  /** Neighbours of each asked row. */
  readonly k: number;
  /** k of each asked row, the nearest first. */
  readonly rows: Int32Array;
  /** Euclidean, beside them. */
  readonly distances: Float32Array;
}

/** `without`: a row is not its own neighbour, where both are the same matrix. `k` at most as many as there are. */
export function nearestRows(asked: Matrix, among: Matrix, { k, without }: { k: number; without: boolean }): Nearest {
  const most = Math.max(0, Math.min(k, among.rows - (without ? 1 : 0)));
  const { columns } = among;
  const rows = new Int32Array(asked.rows * most);
  const distances = new Float32Array(asked.rows * most);
  const [values, others] = [asked.values, among.values];
  const own = new Float64Array(columns);
  const nearest = new Int32Array(most);
  const squares = new Float64Array(most);
  for (let row = 0; row < asked.rows && most > 0; row += 1) {
    for (let i = 0; i < columns; i += 1) own[i] = values[row * columns + i]!;
    squares.fill(Number.POSITIVE_INFINITY);
    let limit = Number.POSITIVE_INFINITY;
    for (let other = 0; other < among.rows; other += 1) {
      if (without && other === row) continue;
      let square = 0;
      let j = other * columns;
      for (let i = 0; i < columns; ) {
        // Most rows are too far long before their end: the first axes differ most.
        const end = Math.min(columns, i + 8);
        for (; i < end; i += 1, j += 1) {
          const difference = own[i]! - others[j]!;
          square += difference * difference;
        }
        if (square >= limit) break;
      }
      if (square >= limit) continue;
      let place = most - 1;
      for (; place > 0 && squares[place - 1]! > square; place -= 1) {
        squares[place] = squares[place - 1]!;
        nearest[place] = nearest[place - 1]!;
      }
      squares[place] = square;
      nearest[place] = other;
      limit = squares[most - 1]!;
    }
    for (let i = 0; i < most; i += 1) {
      rows[row * most + i] = nearest[i]!;
      distances[row * most + i] = Math.sqrt(squares[i]!);
    }
  }
  return { k: most, rows, distances };
}
