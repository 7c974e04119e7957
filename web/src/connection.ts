// Whether the server tells of what happens: 'waiting' until the first subscription is there, then 'live' or 'lost'.
import { useSyncExternalStore } from 'react';

export type ConnectionState = 'waiting' | 'live' | 'lost';

const listeners = new Set<() => void>();
let state: ConnectionState = 'waiting';
let end = () => {};

export const connection = {
  get: (): ConnectionState => state,
  set(next: ConnectionState): void {
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener();
  },
  /** Called by who holds the socket. */
  endedBy(how: () => void): void {
    end = how;
  },
  /** Ends the socket, which comes back at once, as whoever is signed in by then. */
  again(): void {
    end();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export function useConnection(): ConnectionState {
  return useSyncExternalStore(connection.subscribe, connection.get, connection.get);
}
