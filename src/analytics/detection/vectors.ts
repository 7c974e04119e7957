// The vectors of posts in their spaces (a model's, or of words), each known by its post's number.
import { type ExactProducts, exactProducts } from './exactProducts.js';
import { SPACES, type Space } from './post.js';

export interface Vectors extends Pick<ExactProducts, 'rows' | 'between' | 'drop' | 'dispose'> {
  /** Number of the next vector. */
  readonly size: number;
  /** Number of the first vector that is still here. */
  readonly first: number;
  /** Keeps a vector in a space, or none. */
  add(space: Space | null, vector: Float32Array | null): number;
}

/** Cosines between two spaces are 0. */
export async function createVectors(dimensions: Readonly<Record<Space, number>>): Promise<Vectors> {
  const of: Record<Space, ExactProducts> = {
    model: await exactProducts(dimensions.model),
    words: await exactProducts(dimensions.words),
  };
  return {
    get size() {
      return of.model.size;
    },
    get first() {
      return of.model.first;
    },
    add(space, vector) {
      for (const each of SPACES) of[each].add(each === space ? vector : null);
      return of.model.size - 1;
    },
    async rows(numbers) {
      const found = new Map<number, Float32Array>();
      for (const space of SPACES) {
        const here = numbers.filter((number) => of[space].has(number));
        const rows = here.length > 0 ? await of[space].rows(here) : [];
        for (const [i, number] of here.entries()) found.set(number, rows[i]!);
      }
      const { size, first } = of.model;
      return numbers.map((number) => found.get(number) ?? new Float32Array(size - first));
    },
    between: (a, b) => of.model.between(a, b) || of.words.between(a, b),
    drop(below) {
      for (const space of SPACES) of[space].drop(below);
    },
    async dispose() {
      for (const space of SPACES) await of[space].dispose();
    },
  };
}
