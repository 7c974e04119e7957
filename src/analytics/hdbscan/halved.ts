// Points halved along their widest axis, again and again, until few are left: each part's points are near each other.
// Source: Bentley, CACM 18(9), 1975.
import type { Points } from './points.js';

/** Parts in depth-first order: the left half of part i is i + 1, the right one is rights[i], 0 where it is not halved. */
export interface Halves {
  /** Place -> point: a part's points are those from its start to its end. */
  readonly order: Int32Array;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly rights: readonly number[];
}

/** Halves parts of more than `leaf` points. */
export function halved({ count, width, values }: Points, leaf: number): Halves {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const starts: number[] = [];
  const ends: number[] = [];
  const rights: number[] = [];
  if (count > 0) build(0, count);
  return { order, starts, ends, rights };

  function build(start: number, end: number): number {
    const node = starts.length;
    starts.push(start);
    ends.push(end);
    rights.push(0);
    if (end - start <= leaf) return node;
    const axis = widestAxis(start, end);
    const middle = (start + end) >> 1;
    select(start, end, middle, axis);
    build(start, middle);
    rights[node] = build(middle, end);
    return node;
  }

  function widestAxis(start: number, end: number): number {
    let [best, spread] = [0, -1];
    for (let axis = 0; axis < width; axis += 1) {
      let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let place = start; place < end; place += 1) {
        const value = values[order[place]! * width + axis]!;
        if (value < least) least = value;
        if (value > most) most = value;
      }
      if (most - least > spread) [best, spread] = [axis, most - least];
    }
    return best;
  }

  /** Quickselect: the smaller half by an axis comes first. */
  function select(start: number, end: number, middle: number, axis: number): void {
    let [from, to] = [start, end - 1];
    const key = (place: number) => values[order[place]! * width + axis]!;
    while (from < to) {
      const pivot = key((from + to) >> 1);
      let [i, j] = [from, to];
      while (i <= j) {
        while (key(i) < pivot) i += 1;
        while (key(j) > pivot) j -= 1;
        if (i <= j) {
          const swapped = order[i]!;
          order[i] = order[j]!;
          order[j] = swapped;
          i += 1;
          j -= 1;
        }
      }
      if (middle <= j) to = j;
      else if (middle >= i) from = i;
      else return;
    }
  }
}
