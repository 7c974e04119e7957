/** The middle one of some numbers, of an even count the upper of both. */
export function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
