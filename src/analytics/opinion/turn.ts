// When opinion turned: the moment before and after which people say most differently, if they do.
// Source: A. N. Pettitt, Applied Statistics 28, 1979, 126-135: ranks alone, so that no shape of scores is taken for granted.
import type { Voice } from './timeline.js';

export interface Turn {
  /** When the first one after it spoke, in epoch milliseconds. */
  readonly at: number;
  /** Mean scores before and after. */
  readonly before: number;
  readonly after: number;
  /** Probability of so great a difference where nothing has turned. */
  readonly p: number;
}

/** Voices that it takes, on either side too, and what makes a turn. */
const LEAST = { all: 20, side: 6, difference: 0.15 };
const P = 0.01;

/** The turn among voices in the order of time; null: there is none to be sure of. */
export function turnOf(voices: readonly Voice[]): Turn | null {
  const n = voices.length;
  if (n < LEAST.all) return null;
  const ranks = ranksOf(voices.map(({ score }) => score));
  let sum = 0;
  let most = 0;
  let place = 0;
  for (let t = 1; t < n; t += 1) {
    sum += ranks[t - 1]!;
    // U of the first t against the others, from the sum of their ranks.
    const u = Math.abs(2 * sum - t * (n + 1));
    if (u > most) [most, place] = [u, t];
  }
  if (place < LEAST.side || n - place < LEAST.side) return null;
  const p = Math.min(1, 2 * Math.exp((-6 * most ** 2) / (n ** 3 + n ** 2)));
  const before = mean(voices.slice(0, place));
  const after = mean(voices.slice(place));
  if (p >= P || Math.abs(after - before) < LEAST.difference) return null;
  return { at: voices[place]!.at, before, after, p };
}

/** Ranks from 1, equal values sharing their mean rank. */
function ranksOf(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to += 1;
    for (let i = from; i < to; i += 1) ranks[order[i]!] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

function mean(voices: readonly Voice[]): number {
  return voices.reduce((sum, { score }) => sum + score, 0) / voices.length;
}
