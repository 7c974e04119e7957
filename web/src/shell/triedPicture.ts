// The picture that somebody has dropped, pasted or chosen to see what the model says of it.
import { useSyncExternalStore } from 'react';

export interface TriedPicture {
  readonly key: number;
  readonly file: File;
}

const listeners = new Set<() => void>();
let tried: TriedPicture | null = null;

/** Shows what the model says of the file; null puts it away. */
export function tryPicture(file: File | null): void {
  tried = file && { key: (tried?.key ?? 0) + 1, file };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const get = () => tried;

export function useTriedPicture(): TriedPicture | null {
  return useSyncExternalStore(subscribe, get, get);
}
