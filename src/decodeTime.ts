// How long the decoding of one picture may take. Pixels are bounded before it; these are the pictures that are slow for their size.
import { AppError } from './errors.js';

/**
 * The result of `work`, or BAD_IMAGE after `limitMs`. Only some decoders can be stopped (sharp's `timeout` is for those): the others go on in
 * a thread of their own until they are done with the pixels that the limit allows, while everything else goes on too.
 */
export async function inDecodeTime<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow(limitMs)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** sharp's limit, in whole seconds. */
export function decodeSeconds(limitMs: number): { seconds: number } {
  return { seconds: Math.ceil(limitMs / 1000) };
}

/** What is thrown where sharp noticed. */
export function tooSlow(limitMs: number, cause?: unknown): AppError {
  return new AppError('BAD_IMAGE', `the picture takes longer than ${limitMs} ms to decode`, { cause });
}

/** Scans of a JPEG: a progressive one has about ten; each costs a pass over all of the picture, and hardly any bytes. */
const MAX_SCANS = 100;
const END = 0xd9;
const SCAN = 0xda;

/** Throws BAD_IMAGE for a JPEG of so many scans that it would take minutes. Other bytes pass: their decoder will tell. */
export function checkScans(bytes: Uint8Array): void {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return;
  let scans = 0;
  let at = 2;
  while (at + 3 < bytes.length) {
    const marker = bytes[at + 1]!;
    // Within a scan 0xFF comes before 0 (a byte 0xFF) or a restart marker; before markers it may be repeated.
    if (bytes[at] !== 0xff || marker === 0 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd8)) {
      at++;
      continue;
    }
    if (marker === END) return;
    if (marker === SCAN && ++scans > MAX_SCANS) {
      throw new AppError('BAD_IMAGE', `the JPEG has more than ${MAX_SCANS} scans`);
    }
    at += 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
  }
}
