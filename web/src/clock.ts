// What time it is where the posts come from: ours, or in the demo the drawn city's.
import { useSyncExternalStore } from 'react';

const STEP_MS = 30_000;
const listeners = new Set<() => void>();
/** Of that clock before ours. */
let ahead = 0;

export const clock = {
  now: (): number => Date.now() + ahead,
  /** The city's time (ms). */
  set(at: number): void {
    ahead = at - Date.now();
    for (const listener of listeners) listener();
  },
};

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // What was two minutes ago is three minutes ago after a while.
  const timer = setInterval(listener, STEP_MS);
  return () => {
    listeners.delete(listener);
    clearInterval(timer);
  };
}

const toHalfMinute = () => Math.floor(clock.now() / STEP_MS) * STEP_MS;

/** The time (ms), to half a minute: whoever asks is drawn again when it has gone on. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, toHalfMinute, toHalfMinute);
}
