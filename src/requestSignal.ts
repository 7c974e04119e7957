// Whose work this is: the signal of the request that is being answered, known to whatever its resolvers call, however deep.
// The database needs it where no argument reaches: Prisma passes none on to the pool.
import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<AbortSignal>();

/** Runs `work`, and everything that it starts, under the signal. */
export function withRequestSignal<T>(signal: AbortSignal, work: () => T): T {
  return storage.run(signal, work);
}

/** The signal of the request that this is done for; undefined for jobs and the command line. */
export function requestSignal(): AbortSignal | undefined {
  return storage.getStore();
}
