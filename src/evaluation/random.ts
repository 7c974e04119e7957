// Random numbers that a seed decides: sfc32 (C. Doty-Humphrey, PractRand).

/** Whole numbers in [0, `below`), the same ones for the same seed. */
export function randomIntegers(seed: number): (below: number) => number {
  let [a, b, c, counter] = [0, seed | 0, Math.floor(seed / 2 ** 32) | 0, 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // The first numbers still show the seed.
  for (let i = 0; i < 15; i++) next();
  return (below) => Math.floor((next() / 2 ** 32) * below);
}
