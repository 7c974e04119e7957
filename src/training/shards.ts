import { availableParallelism } from 'node:os';

/** Sessions side by side, and the threads of each. */
export interface Shards {
  readonly shards: number;
  readonly threads: number;
}

/** Below this many examples a share is too small to be worth a session of its own. */
const LEAST_SHARE = 8;
/** Frozen parameters are held by every session: with more numbers than this, one has to do. */
const MOST_FROZEN = 100_000_000;

/**
 * How a batch is best run on some threads (0: one per core): as many sessions as divide it evenly, the threads shared out among
 * them. `frozen`: numbers that do not move.
 */
export function shardsFor(batchSize: number, threads: number, frozen = 0): Shards {
  const cores = threads === 0 ? availableParallelism() : threads;
  if (frozen > MOST_FROZEN) return { shards: 1, threads: cores };
  let shards = Math.max(1, Math.min(cores, Math.floor(batchSize / LEAST_SHARE)));
  while (batchSize % shards !== 0) shards -= 1;
  return { shards, threads: Math.max(1, Math.floor(cores / shards)) };
}
