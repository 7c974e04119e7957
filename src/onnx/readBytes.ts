import { open } from 'node:fs/promises';
import type { FileSlice } from './graph.js';

/** The bytes of a weight, wherever it lies, as a copy. Rejects where the file ends before them. */
export async function readBytes(data: FileSlice | Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  if (data instanceof Uint8Array) return data.slice();
  const { file, offset, length } = data;
  const bytes = new Uint8Array(length);
  const handle = await open(file, 'r');
  try {
    for (let at = 0; at < length; ) {
      const { bytesRead } = await handle.read(bytes, at, length - at, offset + at);
      if (bytesRead === 0) throw new Error(`${file} became shorter while it was read`);
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
  return bytes;
}
