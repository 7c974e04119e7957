// A thread of an import: does pieces of it, from file to file.
import { open } from 'node:fs/promises';
import { roundTo } from '../../onnx/fewBits.js';
import { storedFloats } from '../../onnx/half.js';
import { readBytes } from '../../onnx/readBytes.js';

import { serveTasks } from '../../threads/serveTasks.js';
import type { Piece, Place } from './importPlan.js';

/** Returns when what was written is on the disk. */
async function done(_opened: undefined, piece: Piece): Promise<void> {
  if ('copy' in piece) return write([[piece.to, await readBytes(piece.copy)]]);
  const { dtype, columns, form } = piece;
  const { values, scales } = roundTo(form, storedFloats(await readBytes(piece.round), dtype)!, columns);
  return write([
    [piece.values, values],
    [piece.scales, scales],
  ]);
}

/** All to one file. */
async function write(parts: readonly (readonly [Place, Uint8Array])[]): Promise<void> {
  const handle = await open(parts[0]![0].file, 'r+');
  try {
    for (const [{ offset }, bytes] of parts)
      for (let at = 0; at < bytes.length; )
        at += (await handle.write(bytes, at, bytes.length - at, offset + at)).bytesWritten;
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

await serveTasks(async () => undefined, done);
