// Sets of UTF-16 code units as sorted, disjoint ranges.

/** Ascending [first, last] pairs that neither overlap nor touch. */
export type CharSet = readonly (readonly [number, number])[];

const LAST = 0xffff;

/** Any of the sets. */
export function union(...sets: readonly CharSet[]): CharSet {
  const ranges = sets.flat().sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [first, last] of ranges) {
    const before = merged.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

/** Everything else. */
export function complement(set: CharSet): CharSet {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [first, last] of set) {
    if (first > next) rest.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= LAST) rest.push([next, LAST]);
  return rest;
}

/** The set of the characters of a text. */
export function characters(text: string): CharSet {
  return union(Array.from({ length: text.length }, (_, i) => [text.charCodeAt(i), text.charCodeAt(i)] as const));
}

/** Reads ranges written as distances in base 36: to the first of each range from the last of the one before, then its length. */
export function decodeRanges(text: string): CharSet {
  const ranges: [number, number][] = [];
  let at = 0;
  for (const range of text.split(' ')) {
    const [skip, length] = range.split(',').map((digits) => Number.parseInt(digits, 36));
    const first = at + skip!;
    at = first + (length ?? 0);
    ranges.push([first, at]);
  }
  return ranges;
}
