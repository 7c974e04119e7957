// Whether the server tells of what happens: 'waiting' until the first subscription is there, then 'live' or 'lost'.
import { useSyncExternalStore } from 'react';

export type ConnectionState = 'waiting' | 'live' | 'lost';

const listeners = new Set<() => void>();
let state: ConnectionState = 'waiting';

export const connection = {
  get: (): ConnectionState => state,
  set(next: ConnectionState): void {
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export function useConnection(): ConnectionState {
  return useSyncExternalStore(connection.subscribe, connection.get);
}
