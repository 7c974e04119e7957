// Why something is done: the request or import that asked for it, known to whatever is done for it, however deep, and carried by its jobs.
import { AsyncLocalStorage } from 'node:async_hooks';

export interface Cause {
  /** X-Request-Id of the request. */
  readonly requestId?: string;
  /** The import that brought the post. */
  readonly importId?: string;
  /** The span that is the parent of what is done now (W3C Trace Context); only where traces are written. */
  readonly traceparent?: string;
}

const storage = new AsyncLocalStorage<Cause>();

/** Runs `work`, and everything that it starts, for this cause. */
export function withCause<T>(cause: Cause, work: () => T): T {
  return storage.run(cause, work);
}

/** For what this is done; undefined where nobody asked: schedules, starts, the command line. */
export function currentCause(): Cause | undefined {
  return storage.getStore();
}

/** What log lines say of a cause. */
export function loggedCause(cause: Cause | undefined): Pick<Cause, 'requestId' | 'importId'> {
  const { requestId, importId } = cause ?? {};
  return { ...(requestId !== undefined && { requestId }), ...(importId !== undefined && { importId }) };
}
