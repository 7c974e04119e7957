// Points that are equal, once: thousands of copies (one caption, posted again and again) would be each other's nearest neighbours.
import { hashPoint } from './hashPoint.js';
import { type Points, pointOf } from './points.js';

export interface UniquePoints {
  readonly unique: Points;
  /** How often each occurs. */
  readonly copies: Int32Array;
  /** Of each point: the unique one that it equals. */
  readonly original: Int32Array;
}

export function uniquePoints(points: Points): UniquePoints {
  const { count, width, values } = points;
  const original = new Int32Array(count);
  const firsts: number[] = [];
  const copies: number[] = [];
  const byHash = new Map<number, number[]>();
  for (let point = 0; point < count; point += 1) {
    const hash = hashPoint(pointOf(points, point));
    const alike = byHash.get(hash);
    let found = alike?.find((each) => equal(firsts[each]!, point));
    if (found === undefined) {
      found = firsts.length;
      firsts.push(point);
      copies.push(0);
      if (alike === undefined) byHash.set(hash, [found]);
      else alike.push(found);
    }
    copies[found]! += 1;
    original[point] = found;
  }
  if (firsts.length === count) return { unique: points, copies: Int32Array.from(copies), original };
  const kept = new Float64Array(firsts.length * width);
  firsts.forEach((point, i) => {
    kept.set(pointOf(points, point), i * width);
  });
  return { unique: { ...points, count: firsts.length, values: kept }, copies: Int32Array.from(copies), original };

  function equal(a: number, b: number): boolean {
    for (let i = 0; i < width; i += 1) if (values[a * width + i] !== values[b * width + i]) return false;
    return true;
  }
}
