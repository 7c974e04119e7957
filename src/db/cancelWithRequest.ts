// Statements end with the request that they are for.
import type pg from 'pg';
import { requestSignal } from '../requestSignal.js';

/**
 * Whatever a request (requestSignal.ts) has under way on the pool when its signal aborts is cancelled by `cancel`, and its connection is
 * not used again: a cancellation that comes late would otherwise hit the statement of whoever has it next. What is done for no request is left alone.
 */
export function cancelWithRequest(pool: pg.Pool, cancel: (client: pg.PoolClient) => void): void {
  const connect = pool.connect.bind(pool);

  /** Watches a connection from when it is handed out until it is given back. */
  function watch(client: pg.PoolClient, signal: AbortSignal): void {
    let cancelled = false;
    const stop = () => {
      cancelled = true;
      cancel(client);
    };
    const release = client.release;
    signal.addEventListener('abort', stop, { once: true });
    client.release = (error) => {
      signal.removeEventListener('abort', stop);
      release.call(client, error ?? cancelled);
    };
  }

  type Connected = (
    error: Error | undefined,
    client: pg.PoolClient | undefined,
    release: (error?: Error) => void,
  ) => void;
  async function checkedOut(signal: AbortSignal): Promise<pg.PoolClient> {
    const client = await connect();
    if (signal.aborted) {
      // It came too late: nothing is begun.
      client.release();
      throw signal.reason;
    }
    watch(client, signal);
    return client;
  }

  pool.connect = ((callback?: Connected) => {
    const signal = requestSignal();
    if (signal === undefined) return callback === undefined ? connect() : connect(callback);
    const checked = checkedOut(signal);
    if (callback === undefined) return checked;
    checked.then(
      (client) => callback(undefined, client, client.release),
      (error: Error) => callback(error, undefined, () => undefined),
    );
    return undefined;
  }) as typeof pool.connect;
}
