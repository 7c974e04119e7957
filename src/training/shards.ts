import { availableParallelism } from 'node:os';

/** How a batch is cut up: `shares` of `share` examples each, worked off by `shards` sessions of `threads` threads side by side. */
export interface Shards {
  readonly shards: number;
  readonly threads: number;
  readonly shares: number;
  readonly share: number;
}

/** Below this many examples a share is too small to be worth a session of its own. */
const LEAST_SHARE = 8;
/** What a share of more examples, or of more rows of them, passes between its operators no longer stays in a core's cache (bench/results.md). */
const LARGEST_SHARE = 16;
const MOST_ROWS = 1200;
/** Frozen parameters are held by every session: with more numbers than this, one has to do. */
const MOST_FROZEN = 100_000_000;

/**
 * How a batch is best run on some threads (0: one per core): as many sessions as divide it evenly, the threads shared out among
 * them, each with shares that a cache can hold, one after the other. `frozen`: numbers that do not move; `rows`: of one example, in the
 * widest tensors (where a stage has examples of several lengths).
 */
export function shardsFor(
  batchSize: number,
  threads: number,
  { frozen = 0, rows = 1 }: { readonly frozen?: number; readonly rows?: number } = {},
): Shards {
  const cores = threads === 0 ? availableParallelism() : threads;
  let shards = frozen > MOST_FROZEN ? 1 : Math.max(1, Math.min(cores, Math.floor(batchSize / LEAST_SHARE)));
  while (batchSize % shards !== 0) shards -= 1;
  const share = shareOf(batchSize / shards, Math.min(LARGEST_SHARE, MOST_ROWS / rows));
  return { shards, threads: Math.max(1, Math.floor(cores / shards)), shares: batchSize / share, share };
}

/** The largest even share that a cache holds; where none is large enough to be worth it, the smallest above. */
function shareOf(examples: number, most: number): number {
  const even = Array.from({ length: examples }, (_, i) => i + 1).filter((n) => examples % n === 0 && n >= LEAST_SHARE);
  return even.findLast((n) => n <= most) ?? even[0] ?? examples;
}
