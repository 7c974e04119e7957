// Pictures that are much the same: copies in another size or format, with a border or a caption. They are one piece of evidence.
import { HOUR } from './tuning.js';

/** Bits of 64 in which perceptual hashes of one picture may differ. What is found at each: docs/decisions/0020. */
export const NEAR_BITS = 6;
/** Hours for which a picture is remembered after it was first seen. */
const REMEMBERED = 72;

export interface NearPictures {
  /** The key of the first picture that this one is a copy of; where it is none it is remembered by its own. */
  keyOf(phash: string, own: string, at: number): string;
  forget(now: number): void;
}

/** `phash`: 16 hex digits. */
export function createNearPictures(): NearPictures {
  let seen: { high: number; low: number; key: string; at: number }[] = [];
  return {
    keyOf(phash, own, at) {
      const high = Number.parseInt(phash.slice(0, 8), 16);
      const low = Number.parseInt(phash.slice(8), 16);
      const found = seen.find(
        (one) => Math.abs(at - one.at) <= REMEMBERED * HOUR && bits(high ^ one.high) + bits(low ^ one.low) <= NEAR_BITS,
      );
      if (found !== undefined) return found.key;
      seen.push({ high, low, key: own, at });
      return own;
    },
    forget(now) {
      seen = seen.filter(({ at }) => now - at <= REMEMBERED * HOUR);
    },
  };
}

/** Number of ones among 32 bits. */
function bits(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
