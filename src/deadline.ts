// How long a request may take. When its time is over, or nobody waits for its answer any more, its signal tells whatever works for it.
import { setMaxListeners } from 'node:events';
import { AppError } from './errors.js';

export interface Deadline {
  /** Its reason is an AppError TIMEOUT. */
  readonly signal: AbortSignal;
  /** Whether the work may be dropped where it stands as soon as nobody waits for it. False for what writes. */
  readOnly: boolean;
  /** Gives work that is known to be long its own time from now on (ms). */
  prolong(timeoutMs: number): void;
  /** The answer is sent, or nobody is there to take it. Safe to call again. */
  end(): void;
}

/** The time runs from now on (ms). */
export function startDeadline(timeoutMs: number): Deadline {
  const controller = new AbortController();
  const after = (ms: number) =>
    setTimeout(() => {
      const reason = `the request took longer than ${ms} ms: ask for less, or again later`;
      controller.abort(new AppError('TIMEOUT', reason, { retryable: true }));
    }, ms).unref();
  let timer = after(timeoutMs);
  // Every field that waits listens.
  setMaxListeners(0, controller.signal);
  return {
    signal: controller.signal,
    readOnly: false,
    prolong(ms) {
      clearTimeout(timer);
      timer = after(ms);
    },
    end() {
      clearTimeout(timer);
      if (this.readOnly) controller.abort(new AppError('TIMEOUT', 'nobody waits for the answer any more'));
    },
  };
}

/** The result of some work, or the signal's reason as soon as it is aborted. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
