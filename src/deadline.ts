// How long a request may take. When its time is over, or nobody waits for its answer any more, its signal tells whatever works for it.
import { setMaxListeners } from 'node:events';
import { AppError } from './errors.js';
import { later } from './retryLater.js';

export interface Deadline {
  /** Its reason is an AppError TIMEOUT, or RETRY_LATER with `retryAfterMs` for what is repeatable. */
  readonly signal: AbortSignal;
  /** Whether the work may be dropped where it stands as soon as nobody waits for it. False for what writes. */
  readOnly: boolean;
  /** Whether it is safe to ask for again what may be half done: a mutation that is repeated does nothing twice. */
  repeatable: boolean;
  /** Gives work that is known to be long its own time from now on (ms). */
  prolong(timeoutMs: number): void;
  /** The answer is sent, or nobody is there to take it. Safe to call again. */
  end(): void;
}

/** The time runs from now on (ms). */
export function startDeadline(timeoutMs: number): Deadline {
  const controller = new AbortController();
  const after = (ms: number) => setTimeout(() => controller.abort(late(ms, deadline)), ms).unref();
  // Every field that waits listens.
  setMaxListeners(0, controller.signal);
  const deadline: Deadline = {
    signal: controller.signal,
    readOnly: false,
    repeatable: false,
    prolong(ms) {
      clearTimeout(timer);
      timer = after(ms);
    },
    end() {
      clearTimeout(timer);
      if (this.readOnly) controller.abort(new AppError('TIMEOUT', 'nobody waits for the answer any more'));
    },
  };
  let timer = after(timeoutMs);
  return deadline;
}

function late(ms: number, { repeatable }: Deadline): AppError {
  const took = `the request took longer than ${ms} ms`;
  if (!repeatable) return new AppError('TIMEOUT', `${took}: ask for less, or again later`, { retryable: true });
  return later(`${took}: give less at once, or again later; nothing is stored twice`, { kind: 'DATABASE' });
}

/** The result of some work, or the signal's reason as soon as it is aborted. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
