/** The component that all places of an index from `start` to before `end` are in, or -1: its own points need not look there. */
export function sharedComponent(componentOf: Int32Array, start: number, end: number): number {
  const first = componentOf[start]!;
  for (let place = start + 1; place < end; place += 1) if (componentOf[place] !== first) return -1;
  return first;
}
