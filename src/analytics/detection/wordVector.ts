// An embedding of words for posts that no model has embedded: each word a direction of its own at random, the rarer the longer.
// Cosines of such vectors are those of tf-idf vectors, to within 1/sqrt(DIMENSION).
// Source: random projections, W. Johnson and J. Lindenstrauss, Contemporary Mathematics 26, 1984, 189-206; random indexing,
// P. Kanerva et al., Proc. CogSci 2000, 1036.
import { sfc32 } from '../../sfc32.js';

export const WORD_DIMENSION = 256;

/** Sum of the words' directions by their weights; zeros where there are none. */
export function wordVector(words: Iterable<{ readonly word: string; readonly weight: number }>): Float32Array {
  const vector = new Float32Array(WORD_DIMENSION);
  for (const { word, weight } of words) {
    const next = sfc32(seedOf(word), 12);
    // A coin of ±1 for every number.
    for (let d = 0; d < WORD_DIMENSION; d += 32) {
      const coins = next();
      for (let bit = 0; bit < 32; bit += 1) vector[d + bit]! += (coins >>> bit) & 1 ? weight : -weight;
    }
  }
  return vector;
}

/** Three numbers of a word: FNV-1a with three beginnings (Fowler, Noll, Vo). */
function seedOf(word: string): [number, number, number] {
  const seed: [number, number, number] = [0x811c9dc5, 0x01000193, 0x9e3779b9];
  for (let i = 0; i < word.length; i += 1)
    for (let s = 0; s < 3; s += 1) seed[s] = Math.imul(seed[s]! ^ word.charCodeAt(i), 0x01000193);
  return seed;
}
