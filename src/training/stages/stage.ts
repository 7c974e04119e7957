// What all stages have in common.
import { createHash } from 'node:crypto';
import type { Progress } from '../trainLoop.js';

export interface StageOptions {
  /** Directory of the model to go on from. */
  readonly model: string;
  /** Gets the trained model, and checkpoints and the log while it runs. */
  readonly out: string;
  readonly seed: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Threads of onnxruntime; 0: one per core. */
  readonly threads?: number;
  /** Seconds between checkpoints. */
  readonly checkpointSeconds?: number;
}

export type StageDefaults = Pick<StageOptions, 'steps' | 'batchSize' | 'learningRate'>;

/** What tells one run from another: every setting that changes its outcome, hashed. */
export function runIdentity(stage: string, settings: Readonly<Record<string, unknown>>): string {
  return createHash('sha256')
    .update(JSON.stringify([stage, settings]))
    .digest('hex');
}

/** Steps over which the learning rate rises: a tenth of a run, and no more than `most`. */
export function warmupOf(steps: number, most = 150): number {
  return Math.min(most, Math.floor(steps / 10));
}

/** The entries that are not undefined. */
export function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}
