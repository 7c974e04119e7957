// Random numbers that a seed decides.
import { sfc32 } from '../sfc32.js';

/** Whole numbers in [0, `below`), the same ones for the same seed. */
export function randomIntegers(seed: number): (below: number) => number {
  const next = sfc32([0, seed | 0, Math.floor(seed / 2 ** 32) | 0], 15);
  return (below) => Math.floor((next() / 2 ** 32) * below);
}
