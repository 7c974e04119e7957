// Wrong keys, counted: by the address that they come from, and by the key that they pretend to be.
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../errors.js';

/** Wrong ones a minute. Nobody can guess 256 bits: this keeps guessing from being work for the database and lines in the log. */
export const MAX_BY_ADDRESS = 30;
export const MAX_BY_PREFIX = 60;
const WINDOW_S = 60;

export interface Attempts {
  /**
   * Counts one before it is looked at, so that many at once are not looked at before the first is found wrong. Rejects with
   * AppError TOO_MANY_ATTEMPTS, with `retryAfterMs`. Resolves to what takes it back: it was right.
   */
  count(attempt: { readonly address: string; readonly prefix: string | undefined }): Promise<() => Promise<void>>;
}

/** Counts in memory, of this process; what is a minute old is forgotten. */
export function createAttempts(): Attempts {
  const byAddress = new RateLimiterMemory({ points: MAX_BY_ADDRESS, duration: WINDOW_S });
  const byPrefix = new RateLimiterMemory({ points: MAX_BY_PREFIX, duration: WINDOW_S });
  return {
    async count({ address, prefix }) {
      // The address first: what it may not, leaves no trace of its prefixes, and memory stays flat.
      await take(byAddress, address);
      if (prefix !== undefined) await take(byPrefix, prefix);
      return async () => {
        await byAddress.reward(address);
        if (prefix !== undefined) await byPrefix.reward(prefix);
      };
    },
  };
}

async function take(limiter: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    const options = { retryable: true, retryAfterMs: 1000 * seconds };
    throw new AppError('TOO_MANY_ATTEMPTS', `too many wrong keys: try again in ${seconds} s`, options);
  }
}
