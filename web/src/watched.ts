// The hotspots that this browser's user watches: told of wherever in the dashboard they are, when something becomes of one.
import { useSyncExternalStore } from 'react';
import { remembered } from './remembered.js';

const kept = remembered<readonly string[]>('watched');
const listeners = new Set<() => void>();
let ids: readonly string[] = kept.get() ?? [];

export const watched = {
  get: (): readonly string[] => ids,
  set(id: string, on: boolean): void {
    ids = on ? [...ids.filter((one) => one !== id), id] : ids.filter((one) => one !== id);
    kept.set(ids);
    for (const listener of listeners) listener();
  },
};

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useWatched(): readonly string[] {
  return useSyncExternalStore(subscribe, watched.get, watched.get);
}
