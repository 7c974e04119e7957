// Which point is nearest to a place? Points are put into squares of a grid once.
import type { MapPoints } from './mapPoints.js';
import type { Place } from './view.js';

const SQUARES = 128;

/** A function that gives the point nearest to a place and no farther than `reach`, -1 where there is none. */
export function nearestPoint({ xs, ys, count }: MapPoints): (at: Place, reach: number) => number {
  const least = (of: Float32Array) => of.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = (of: Float32Array) => of.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const [left, bottom] = [least(xs), least(ys)];
  const side = Math.max(most(xs) - left, most(ys) - bottom, 1e-6) / SQUARES;
  const squareOf = (value: number, from: number) =>
    Math.min(SQUARES - 1, Math.max(0, Math.floor((value - from) / side)));
  const first = new Int32Array(SQUARES * SQUARES).fill(-1);
  const next = new Int32Array(count);
  for (let i = 0; i < count; i += 1) {
    const square = squareOf(ys[i]!, bottom) * SQUARES + squareOf(xs[i]!, left);
    next[i] = first[square]!;
    first[square] = i;
  }
  return ({ x, y }, reach) => {
    let best = -1;
    let nearest = reach * reach;
    const [fromX, toX] = [squareOf(x - reach, left), squareOf(x + reach, left)];
    const [fromY, toY] = [squareOf(y - reach, bottom), squareOf(y + reach, bottom)];
    for (let row = fromY; row <= toY; row += 1)
      for (let column = fromX; column <= toX; column += 1)
        for (let i = first[row * SQUARES + column]!; i >= 0; i = next[i]!) {
          const square = (xs[i]! - x) ** 2 + (ys[i]! - y) ** 2;
          if (square > nearest) continue;
          nearest = square;
          best = i;
        }
    return best;
  };
}
