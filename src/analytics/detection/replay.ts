// A stream as it would have come: posts in the order of their arrival, the detector's steps in between.
import { createDetector } from './detector.js';
import type { Finding } from './finding.js';
import type { StreamPost } from './post.js';
import { HOUR, type Tuning } from './tuning.js';

export interface Arrival extends StreamPost {
  /** When it arrived: epoch milliseconds, not before it was posted. */
  readonly received: number;
}

export interface ReplayOptions {
  /** Length of the vectors. */
  readonly dimension: number;
  /** Milliseconds between two steps. */
  readonly step?: number;
  readonly tuning?: Partial<Tuning>;
  /** Told how many posts have been replayed. */
  readonly onProgress?: (posts: number) => void;
}

/** What a detector finds, step by step, until the last post has arrived; steps are at multiples of their length. */
export async function* replay(posts: readonly Arrival[], options: ReplayOptions): AsyncGenerator<Finding> {
  const { dimension, step = HOUR / 4, tuning = {}, onProgress } = options;
  const ordered = [...posts].sort(
    (a, b) => a.received - b.received || a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  const last = ordered.at(-1);
  if (last === undefined) return;
  const detector = await createDetector({ dimension, step, tuning });
  try {
    let done = 0;
    let now = Math.floor(ordered[0]!.received / step) * step;
    do {
      now += step;
      const from = done;
      while (done < ordered.length && ordered[done]!.received <= now) done += 1;
      yield* await detector.arrive(ordered.slice(from, done));
      yield* await detector.step(now);
      onProgress?.(done);
    } while (now < last.received);
  } finally {
    await detector.dispose();
  }
}
