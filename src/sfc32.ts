/**
 * A stream of whole numbers of 32 bits from three of them, the same on every machine: sfc32 (C. Doty-Humphrey, PractRand). The first
 * `skipped` still show the seed, and are left out.
 */
export function sfc32(seed: readonly [number, number, number], skipped: number): () => number {
  let [a, b, c] = seed;
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < skipped; i++) next();
  return next;
}
