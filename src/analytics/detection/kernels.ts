// Densities of embeddings: how many of a hotspot's exemplars are how near to every post. Kept as sums that change with the
// exemplars, in whole numbers, so that taking an exemplar out leaves what would be there without it, to the last bit.
import { type Post, SPACES, type Space } from './post.js';
import type { Tuning } from './tuning.js';
import type { Vectors } from './vectors.js';

/** One in fixed point: sums of 80 stay whole in float64. */
const ONE = 2 ** 40;
const BLOCK = 2048;

/** A hotspot's exemplars by their piece of evidence, with the sums of their kernels. */
export interface KernelSums {
  exemplars: ReadonlyMap<string, Post>;
  /** How many exemplars are of each space. */
  readonly counts: Record<Space, number>;
  /** Sum over the exemplars, by block of post numbers. */
  readonly blocks: Map<number, Float64Array>;
}

export interface Kernels {
  /** How sharp the kernel of each space is. */
  readonly sharpness: Record<Space, number>;
  /** k of a cosine in a space. */
  of(cosine: number, space: Space): number;
  /** No exemplars yet. */
  empty(): KernelSums;
  /** Brings sums to these exemplars, all of which have vectors. */
  update(changes: readonly { sums: KernelSums; exemplars: ReadonlyMap<string, Post> }[]): Promise<void>;
  /** Adds a new post to the sums; its cosines to the posts before it. */
  extend(sums: KernelSums, post: Post): void;
  /** Forgets all sums: where a kernel has changed. */
  clear(sums: KernelSums): void;
  /** Sum of the kernels of a post with the exemplars of its space that are other pieces of evidence, and how many these are. */
  others(sums: KernelSums, post: Post): { readonly sum: number; readonly count: number };
  /** Forgets posts below the number. */
  drop(sums: KernelSums, below: number): void;
}

export function createKernels(vectors: Vectors, tuning: Tuning): Kernels {
  const sharpness = { model: tuning.sharpness, words: tuning.wordSharpness };
  const of = (cosine: number, space: Space) => Math.exp(sharpness[space] * (cosine - 1));
  // A float32 that is a whole number. Of two spaces the cosine is 0, and so, nearly, is the kernel.
  const fixed = (cosine: number, space: Space) => (cosine === 0 ? 0 : Math.fround(Math.round(ONE * of(cosine, space))));

  return {
    sharpness,
    of,
    empty: () => ({ exemplars: new Map(), counts: { model: 0, words: 0 }, blocks: new Map() }),
    async update(changes) {
      const jobs = changes.map(({ sums, exemplars }) => {
        const old = new Set(sums.exemplars.values());
        const now = new Set(exemplars.values());
        return {
          sums,
          exemplars,
          added: [...now].filter((post) => !old.has(post)),
          removed: [...old].filter((post) => !now.has(post)),
        };
      });
      const asked = [...new Set(jobs.flatMap(({ added, removed }) => [...added, ...removed]))];
      const cosines = await vectors.rows(asked.map(({ number }) => number));
      const rowOf = new Map(
        asked.map((post, i) => [post, cosines[i]!.map((cosine) => fixed(cosine, post.space!))] as const),
      );
      for (const { sums, exemplars, added, removed } of jobs) {
        for (const post of removed) accumulate(sums, rowOf.get(post)!, -1);
        for (const post of added) accumulate(sums, rowOf.get(post)!, 1);
        sums.exemplars = exemplars;
        for (const space of SPACES)
          sums.counts[space] = [...exemplars.values()].filter((post) => post.space === space).length;
      }
    },
    extend({ exemplars, blocks }, { number, cosines, space }) {
      if (space === null) return;
      let sum = 0;
      for (const exemplar of exemplars.values()) sum += fixed(cosines!.row[exemplar.number - cosines!.first]!, space);
      blockOf(blocks, number)[number % BLOCK] = sum;
    },
    clear(sums) {
      sums.exemplars = new Map();
      sums.blocks.clear();
    },
    others({ exemplars, counts, blocks }, post) {
      const space = post.space!;
      const sum = blocks.get(Math.floor(post.number / BLOCK))?.[post.number % BLOCK] ?? 0;
      const own = exemplars.get(post.piece);
      if (own === undefined || own.space !== space) return { sum: sum / ONE, count: counts[space] };
      const same = own === post ? 1 : vectors.between(own.number, post.number);
      return { sum: (sum - fixed(same, space)) / ONE, count: counts[space] - 1 };
    },
    drop({ blocks }, below) {
      for (const block of blocks.keys()) if ((block + 1) * BLOCK <= below) blocks.delete(block);
    },
  };

  function accumulate({ blocks }: KernelSums, row: Float32Array, sign: 1 | -1): void {
    const { first } = vectors;
    for (let from = 0; from < row.length; from += BLOCK) {
      const block = blockOf(blocks, first + from);
      const end = Math.min(BLOCK, row.length - from);
      for (let i = 0; i < end; i += 1) block[i]! += sign * row[from + i]!;
    }
  }
}

function blockOf(blocks: Map<number, Float64Array>, number: number): Float64Array {
  const index = Math.floor(number / BLOCK);
  let block = blocks.get(index);
  if (block === undefined) {
    block = new Float64Array(BLOCK);
    blocks.set(index, block);
  }
  return block;
}
