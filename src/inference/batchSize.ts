// How many pictures go into a batch: as many as memory has shown to hold, and, of queued work while people ask too, as many as keep
// them from waiting long.

export interface BatchSizeOptions {
  /** Pictures in one batch at most. */
  readonly largest: number;
  /** What a batch of queued work may take while people ask (ms); undefined: one and a half times what one picture takes. */
  readonly targetMs?: number | undefined;
}

export interface BatchSize {
  /** Pictures of the next batch; `beside`: of queued work while people ask too. */
  next(beside: boolean): number;
  /** A batch of so many took so long (ms). */
  ran(size: number, ms: number): void;
  /** There was no memory for a batch of so many. */
  tooLarge(size: number): void;
}

/**
 * What a batch of queued work may take while people ask, in what one picture takes: whoever asks waits for it, and then for his own. Twice as
 * much kept p95 at 2.6 to 3.1 times that of an idle system, one and a half at 2.2, for a fifth of the queue's pace beside (bench/interactive.js).
 */
const BESIDE = 1.5;
/** How much each batch's time still counts when the next one has run: the last twenty or so say what the model costs now. */
const KEPT = 0.9;
/** Full batches that have to run before a larger one is tried again. */
const BEFORE_GROWING = 32;

/** Starts with the largest size, and learns from what is told of batches. */
export function createBatchSize({ largest, targetMs }: BatchSizeOptions): BatchSize {
  let room = largest;
  let full = 0;
  /** Weighted sums over batches, of which a straight line of time on size is drawn (least squares). */
  const sums = { weight: 0, n: 0, ms: 0, nn: 0, nms: 0 };

  /** What a batch costs, and what each of its pictures adds (ms). Of one size alone nothing can be told apart: all is the pictures'. */
  function line(): { fixed: number; each: number } {
    const { weight, n, ms, nn, nms } = sums;
    const spread = weight * nn - n * n;
    const slope = spread > 1e-6 * weight * nn ? (weight * nms - n * ms) / spread : ms / n;
    const each = Math.min(Math.max(slope, 0), ms / n);
    return { fixed: (ms - each * n) / weight, each };
  }

  return {
    next(beside) {
      if (!beside || sums.weight === 0) return room;
      const { fixed, each } = line();
      const most = targetMs ?? BESIDE * (fixed + each);
      return Math.min(room, Math.max(1, Math.floor((most - fixed) / each + 1e-9)));
    },
    ran(size, ms) {
      for (const key of ['weight', 'n', 'ms', 'nn', 'nms'] as const) sums[key] *= KEPT;
      sums.weight += 1;
      sums.n += size;
      sums.ms += ms;
      sums.nn += size * size;
      sums.nms += size * ms;
      full = size >= room ? full + 1 : full;
      if (full >= BEFORE_GROWING && room < largest) {
        room += 1;
        full = 0;
      }
    },
    tooLarge(size) {
      room = Math.max(1, Math.min(room, size >> 1));
      full = 0;
    },
  };
}
