// How sharp the kernel of a space of vectors has to be. Models differ in how far apart they put things (all-MiniLM-L6-v2's
// cosines of unrelated captions are 0.13, the shipped embedder's 0.65), so the width is found from the posts: between what is
// any post to another and what is among its nearest lies the same evidence in every space.

/** The nearest: this share of all. */
const NEAREST = 0.002;
/** Evidence, in nats, that a post among the nearest has over the one in the middle. With it all-MiniLM-L6-v2 comes out at 12. */
const EVIDENCE = 6.5;
const RANGE = { low: 1, high: 400 };

/** The sharpness of a space, from some posts' cosines to others. */
export function sharpnessOf(rows: readonly Float32Array[]): number {
  const gaps = rows.map((row) => {
    const sorted = Float32Array.from(row).sort();
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
    return at(1 - NEAREST) - at(0.5);
  });
  gaps.sort((a, b) => a - b);
  const gap = gaps[gaps.length >> 1] ?? 0;
  return Math.min(RANGE.high, Math.max(RANGE.low, EVIDENCE / gap));
}
