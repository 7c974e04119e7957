/** The usual spans of time: hours to the newest post, or `all` that there is. */
export const SPANS = [
  ['Hour', 1],
  ['Day', 24],
  ['Week', 168],
  ['Month', 720],
  ['All', 'all'],
] as const;
export type Span = (typeof SPANS)[number][1];
