// Moves points of the plane until those that are linked are near each other and the others are not.
// Source: McInnes et al. (see nearness.ts), algorithm 5, with the kernel 1 / (1 + d²) of t-SNE, which needs no powers (t-UMAP in Melville's uwot).
import { sfc32 } from '../../sfc32.js';
import type { Links } from './links.js';

export interface SpreadOptions {
  readonly seed: number;
  readonly rounds: number;
  /** How far points may go at first: 1 where they begin anew, less where most are where they should be. */
  readonly reach: number;
}

/** Others that a point is pushed from for each that it is drawn to. */
const OTHERS = 5;
const LONGEST = 4;

/** Changes `places` (x, y of each point in turn). The same seed gives the same places. */
export function spreadOut(places: Float32Array, { heads, tails, weights }: Links, options: SpreadOptions): void {
  const { seed, rounds, reach } = options;
  const points = places.length / 2;
  if (points < 2) return;
  const bits = sfc32([seed, 0x9e3779b9, 0x243f6a88], 12);
  const strongest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  // A link is looked at every `1 / share` rounds.
  const share = weights.map((weight) => weight / strongest);
  const due = share.map((each) => each);
  for (let round = 0; round < rounds; round += 1) {
    const step = reach * (1 - round / rounds);
    for (let link = 0; link < heads.length; link += 1) {
      due[link]! += share[link]!;
      if (due[link]! < 1) continue;
      due[link]! -= 1;
      const [head, tail] = [2 * heads[link]!, 2 * tails[link]!];
      draw(head, tail, step);
      push(head, step);
      push(tail, step);
    }
  }

  function draw(head: number, tail: number, step: number): void {
    const x = places[head]! - places[tail]!;
    const y = places[head + 1]! - places[tail + 1]!;
    const force = (-2 * step) / (1 + x * x + y * y);
    const [moveX, moveY] = [bounded(force * x), bounded(force * y)];
    places[head]! += moveX;
    places[head + 1]! += moveY;
    places[tail]! -= moveX;
    places[tail + 1]! -= moveY;
  }

  function push(point: number, step: number): void {
    for (let i = 0; i < OTHERS; i += 1) {
      const other = 2 * (((bits() / 0x1_0000_0000) * points) | 0);
      if (other === point) continue;
      const x = places[point]! - places[other]!;
      const y = places[point + 1]! - places[other + 1]!;
      const square = x * x + y * y;
      const force = (2 * step) / ((0.001 + square) * (1 + square));
      places[point]! += bounded(force * x);
      places[point + 1]! += bounded(force * y);
    }
  }
}

function bounded(move: number): number {
  return move > LONGEST ? LONGEST : move < -LONGEST ? -LONGEST : move;
}
