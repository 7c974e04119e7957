// A thread of an import: does pieces of it, from file to file.
import { type FileHandle, open } from 'node:fs/promises';
import { roundTo } from '../../onnx/fewBits.js';
import type { FileSlice } from '../../onnx/graph.js';
import { storedFloats } from '../../onnx/half.js';

import { serveTasks } from '../../threads/serveTasks.js';
import type { Piece, Place } from './importPlan.js';

/** Returns when what was written is on the disk. */
async function done(_opened: undefined, piece: Piece): Promise<void> {
  if ('copy' in piece) return write([[piece.to, await read(piece.copy)]]);
  const { dtype, columns, form } = piece;
  const { values, scales } = roundTo(form, storedFloats(await read(piece.round), dtype)!, columns);
  return write([
    [piece.values, values],
    [piece.scales, scales],
  ]);
}

async function read({ file, offset, length }: FileSlice): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  await opened(file, 'r', async (handle) => {
    for (let at = 0; at < length; ) {
      const { bytesRead } = await handle.read(bytes, at, length - at, offset + at);
      if (bytesRead === 0) throw new Error(`${file} became shorter while it was read`);
      at += bytesRead;
    }
  });
  return bytes;
}

/** All to one file. */
async function write(parts: readonly (readonly [Place, Uint8Array])[]): Promise<void> {
  await opened(parts[0]![0].file, 'r+', async (handle) => {
    for (const [{ offset }, bytes] of parts)
      for (let at = 0; at < bytes.length; )
        at += (await handle.write(bytes, at, bytes.length - at, offset + at)).bytesWritten;
    await handle.datasync();
  });
}

async function opened(file: string, flags: string, use: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(file, flags);
  try {
    await use(handle);
  } finally {
    await handle.close();
  }
}

await serveTasks(async () => undefined, done);
