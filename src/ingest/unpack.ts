// gzip files, unpacked as they are read. What grows beyond what texts do is a bomb, and ends there.
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError, messageOf } from '../errors.js';

export interface UnpackLimits {
  /** Bytes out for each byte in, once `freeBytes` are out. gzip reaches 1030; posts as JSON 5 to 30, equal ones over and over 250. */
  readonly maxRatio?: number;
  readonly freeBytes?: number;
  /** Bytes out in all. */
  readonly maxBytes?: number;
}

/** Whether these are the first bytes of a gzip file. */
export function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

/** The content. Throws AppError BAD_USER_INPUT where the file is damaged or a bomb; what came before that was given. */
export async function* unpack(
  chunks: AsyncIterable<Uint8Array>,
  { maxRatio = 400, freeBytes = 64 << 20, maxBytes = 2 ** 40 }: UnpackLimits = {},
): AsyncGenerator<Uint8Array> {
  let read = 0;
  let written = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      read += chunk.length;
      yield chunk;
    }
  }
  const gunzip = createGunzip({ chunkSize: 128 << 10 });
  // What fails on either side ends the other, and is thrown where gunzip is iterated over.
  pipeline(Readable.from(counted()), gunzip, () => undefined);
  try {
    for await (const chunk of gunzip as AsyncIterable<Uint8Array>) {
      written += chunk.length;
      if (written > maxBytes || (written > freeBytes && written > maxRatio * read)) {
        throw new AppError('BAD_USER_INPUT', `unpacks to ${written} bytes and more from ${read}: too much to be posts`);
      }
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof AppError || (cause as NodeJS.ErrnoException).code?.startsWith('Z_') !== true) throw cause;
    throw new AppError('BAD_USER_INPUT', `the gzip file is damaged or cut off: ${messageOf(cause)}`, { cause });
  }
}
