/** Place of the first of some items, ascending by a number of theirs, whose number is at least so much; their count where none is. */
export function firstFrom<T>(ascending: readonly T[], least: number, numberOf: (item: T) => number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numberOf(ascending[middle]!) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
