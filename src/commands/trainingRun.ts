// A training stage run from the command line: its progress shown, Ctrl-C heard, its end told.
import type { Progress, TrainResult } from '../training/trainLoop.js';
import { trainingDisplay } from './trainingDisplay.js';

export interface Hooks {
  readonly onProgress: (progress: Progress) => void;
  readonly onFeatures: (done: number, count: number) => void;
  readonly onScored: (done: number, count: number) => void;
  readonly signal: AbortSignal;
  /** Ends the bar, so that a line can be printed. */
  readonly settle: () => void;
}

/** Says on stdout what became of a run. */
export function say(out: string, { steps, seconds, loss, bestStep, already }: TrainResult): void {
  const kept = bestStep === undefined || bestStep === steps ? '' : `, the parameters of step ${bestStep} kept`;
  const done = `${steps} steps in ${seconds.toFixed(0)} s, loss ${loss.toFixed(4)}${kept}`;
  process.stdout.write(already === true ? `${out}: is done already: ${done}\n` : `${out}: ${done}\n`);
}

/**
 * Runs a stage under a progress bar, or with a line now and then where there is no terminal. Ctrl-C stops it after a checkpoint; a
 * second one at once, which costs what came after the last checkpoint.
 */
export async function report<T>(run: (hooks: Hooks) => Promise<T>): Promise<T> {
  const shown = trainingDisplay();
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(1);
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const { step, features, scored, stop: settle } = shown;
    return await run({ onProgress: step, onFeatures: features, onScored: scored, signal: stop.signal, settle });
  } finally {
    shown.stop();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
