// The patience of whoever brings posts in that cannot be taken in now.
import { setTimeout } from 'node:timers/promises';
import { AppError } from '../errors.js';
import type { Wait } from './persist.js';

/** Longest pause before it goes on (ms). */
const LONGEST_WAIT_MS = 60_000;

/** Waits as long as asked for, longer every time, and says why. Rejects with AppError SHUTTING_DOWN when `signal` is aborted. */
export function waitLonger(say: (message: string, ms: number) => void, signal: AbortSignal): Wait {
  return async ({ message, retryAfterMs = 1000 }, tries) => {
    const ms = Math.min(retryAfterMs * 2 ** (tries - 1), LONGEST_WAIT_MS);
    say(message, ms);
    await setTimeout(ms, undefined, { signal }).catch((cause: unknown) => {
      throw new AppError('SHUTTING_DOWN', 'stopped before the end: repeat it to go on, nothing is stored twice', {
        cause,
      });
    });
  };
}
