// How sharp the kernel of a space of vectors has to be. Models differ in how far apart they put things (all-MiniLM-L6-v2's
// cosines of unrelated captions are 0.13, the shipped embedder's 0.65), so the width is found from the posts: as in t-SNE, by
// how many neighbours a post has in effect. Source: perplexity, L. van der Maaten and G. Hinton, JMLR 9, 2008, 2579-2605.

/** Neighbours in effect of the median post, as a share of all: with it all-MiniLM-L6-v2 comes out at 12. */
const NEIGHBOURS = 0.0065;
const RANGE = { low: 1, high: 400 };
const HALVINGS = 24;

/** The sharpness at which the median row has this share of its entries as neighbours; `rows` are cosines to others. */
export function sharpnessOf(rows: readonly Float32Array[]): number {
  let [low, high] = [RANGE.low, RANGE.high];
  for (let i = 0; i < HALVINGS; i += 1) {
    const middle = Math.sqrt(low * high);
    if (medianShare(rows, middle) > NEIGHBOURS) low = middle;
    else high = middle;
  }
  // A rounder number: the same on every machine whatever the last digits of its exponential are.
  return Number(Math.sqrt(low * high).toPrecision(3));
}

/** (sum of k)² / sum of k², over the number of entries: 1 where all are as near, and one entry's share where one alone is near. */
function medianShare(rows: readonly Float32Array[], sharpness: number): number {
  const shares = rows.map((row) => {
    let [sum, squares] = [0, 0];
    for (const cosine of row) {
      const kernel = Math.exp(sharpness * (cosine - 1));
      sum += kernel;
      squares += kernel * kernel;
    }
    return squares > 0 ? (sum * sum) / squares / row.length : 1;
  });
  shares.sort((a, b) => a - b);
  return shares[shares.length >> 1] ?? 0;
}
