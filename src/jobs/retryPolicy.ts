// When a failed job is tried again, and when it is given up: by what went wrong (docs/decisions/0026-faults.md).
import type { FailureKind } from '../errors.js';

export interface Retries {
  /** Failures of this kind after which the job is given up; Infinity where they are not the job's own. */
  readonly tries: number;
  /** Pause after the first failure (ms); it doubles with each. */
  readonly firstMs: number;
  /** The pause grows no longer (ms). */
  readonly longestMs: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

export const RETRIES: Readonly<Record<FailureKind, Retries>> = {
  // The tenth try comes some 13 minutes after the first: a host that is started anew, a line that is down for a while.
  NETWORK: { tries: 10, firstMs: 2 * SECOND, longestMs: 20 * MINUTE },
  SERVER: { tries: 10, firstMs: 2 * SECOND, longestMs: 20 * MINUTE },
  // It says itself when it is to be asked again.
  RATE_LIMIT: { tries: 12, firstMs: 4 * SECOND, longestMs: 20 * MINUTE },
  // The same bytes and the same address do not get better.
  DECODE: { tries: 1, firstMs: 0, longestMs: 0 },
  REFUSED: { tries: 1, firstMs: 0, longestMs: 0 },
  MEMORY: { tries: 5, firstMs: 5 * SECOND, longestMs: 5 * MINUTE },
  // The client has tried it three times by then, alone (src/inference/inferenceClient.ts).
  CRASH: { tries: 1, firstMs: 0, longestMs: 0 },
  // Of what every job needs: none of them is at fault.
  UNAVAILABLE: { tries: Number.POSITIVE_INFINITY, firstMs: SECOND, longestMs: MINUTE },
  DISK: { tries: Number.POSITIVE_INFINITY, firstMs: 2 * SECOND, longestMs: MINUTE },
  DATABASE: { tries: Number.POSITIVE_INFINITY, firstMs: SECOND, longestMs: 30 * SECOND },
  // Counted by the queue itself, by the signs of life that a dead worker does not give (queue.ts).
  WORKER: { tries: 6, firstMs: SECOND, longestMs: SECOND },
  OTHER: { tries: 6, firstMs: SECOND, longestMs: 5 * MINUTE },
};

/** Of what is sent to others: forty tries are about a day, the first of them close together. */
export const DELIVERIES: Retries = { tries: 40, firstMs: 10 * SECOND, longestMs: 60 * MINUTE };

/**
 * Milliseconds until the job is tried again after its `failures`-th failure (1, 2, ...) of this kind; null: it is given up.
 * Half of the pause is drawn by `random` (0 to 1), so that what failed together does not come back together;
 * `retryAfterMs`, what the other side asked for, is the least.
 */
export function nextTry(
  kind: FailureKind | Retries,
  {
    failures,
    retryAfterMs = 0,
    random,
  }: { readonly failures: number; readonly retryAfterMs?: number | undefined; readonly random: number },
): number | null {
  const { tries, firstMs, longestMs } = typeof kind === 'string' ? RETRIES[kind] : kind;
  if (failures >= tries) return null;
  const pause = Math.min(firstMs * 2 ** (failures - 1), longestMs);
  return Math.round(Math.max(pause / 2, retryAfterMs) + (pause / 2) * random);
}
