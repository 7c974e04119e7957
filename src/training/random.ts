import { randomOf } from './scenes/random.js';

/** Standard normal numbers from a seed, the same on every machine (Box-Muller). */
export function normals(...seed: (string | number)[]): () => number {
  const random = randomOf('normals', ...seed);
  return () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
