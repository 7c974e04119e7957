// A 64-bit hash that is near for pictures that look alike: the signs of the low frequencies of the grey picture.
// Source: the DCT hash of pHash (Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010), on
// 32 x 32 pixels, frequencies 0..7 in both directions, cut at their median. Unlike pHash the constant term takes no part
// in the median: it would only say how bright the picture is.

/** Side of the grey picture that is hashed. */
export const HASHED_SIZE = 32;
const LOW = 8;

/** COSINES[u][x] = cos((2x + 1) u pi / 64), the DCT-II basis. */
const COSINES = Array.from({ length: LOW }, (_, u) =>
  Float64Array.from({ length: HASHED_SIZE }, (_, x) => Math.cos(((2 * x + 1) * u * Math.PI) / (2 * HASHED_SIZE))),
);

/** Hash of a 32 x 32 grey picture (row by row, one byte a pixel) in 16 hex digits, the constant term's bit (always 0) first. */
export function perceptualHash(grey: Uint8Array): string {
  if (grey.length !== HASHED_SIZE * HASHED_SIZE) {
    throw new Error(`perceptualHash: expected ${HASHED_SIZE * HASHED_SIZE} grey values, got ${grey.length}`);
  }
  // Whole numbers: a picture of one colour is 0 everywhere, not the rounding errors of the sums.
  const frequencies = lowFrequencies(grey).subarray(1).map(Math.round);
  const sorted = frequencies.toSorted();
  const median = sorted[sorted.length >> 1]!;
  let hash = 0n;
  for (const value of frequencies) hash = (hash << 1n) | (value > median ? 1n : 0n);
  return hash.toString(16).padStart(16, '0');
}

/** How many of the 64 bits differ. */
export function hammingDistance(a: string, b: string): number {
  let difference = BigInt(`0x${a}`) ^ BigInt(`0x${b}`);
  let count = 0;
  for (; difference > 0n; difference &= difference - 1n) count++;
  return count;
}

/** The 8 x 8 lowest coefficients of the two-dimensional DCT, row by row: first along the rows, then along the columns. */
function lowFrequencies(grey: Uint8Array): Float64Array {
  const rows = new Float64Array(HASHED_SIZE * LOW);
  for (let y = 0; y < HASHED_SIZE; y++) {
    for (let u = 0; u < LOW; u++) {
      let sum = 0;
      for (let x = 0; x < HASHED_SIZE; x++) sum += COSINES[u]![x]! * grey[y * HASHED_SIZE + x]!;
      rows[y * LOW + u] = sum;
    }
  }
  const low = new Float64Array(LOW * LOW);
  for (let v = 0; v < LOW; v++) {
    for (let u = 0; u < LOW; u++) {
      let sum = 0;
      for (let y = 0; y < HASHED_SIZE; y++) sum += COSINES[v]![y]! * rows[y * LOW + u]!;
      low[v * LOW + u] = sum;
    }
  }
  return low;
}
