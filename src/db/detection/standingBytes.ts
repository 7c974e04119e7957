// What a post was found to be when it arrived, as bytes: numbers as they are, for what was decided must be decided the same again.
import type { Standing } from '../../analytics/detection/post.js';

const VERSION = 1;

/** All of a standing but its piece, which has a column of its own. */
export function writeStanding({ density, neighbours, weights }: Omit<Standing, 'piece'>): Buffer {
  const { kernels, times, captionSizes, textSizes, starts, shared } = neighbours;
  const head = Buffer.alloc(16);
  head.writeUInt8(VERSION, 0);
  head.writeUInt8(weights === null ? 0 : 1, 1);
  head.writeUInt16LE(weights?.length ?? 0, 2);
  head.writeUInt16LE(kernels.length, 4);
  head.writeUInt16LE(shared.length, 6);
  head.writeDoubleLE(density, 8);
  const parts = [times, kernels, starts, captionSizes, textSizes, shared, weights ?? new Uint8Array(0)];
  return Buffer.concat([
    head,
    ...parts.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  ]);
}

/** Throws where the bytes are not of `writeStanding`. */
export function readStanding(bytes: Uint8Array): Omit<Standing, 'piece'> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 16 || view.readUInt8(0) !== VERSION) throw new Error('a standing of another version');
  const near = view.readUInt16LE(4);
  const shared = view.readUInt16LE(6);
  const words = view.readUInt16LE(2);
  let at = 16;
  // Copied, so that every array begins where its numbers may.
  const take = (length: number): ArrayBuffer => {
    if (at + length > view.length) throw new Error('a standing that is cut off');
    const part = new Uint8Array(length);
    part.set(view.subarray(at, at + length));
    at += length;
    return part.buffer;
  };
  const times = new Float64Array(take(8 * near));
  const kernels = new Float32Array(take(4 * near));
  const starts = new Uint16Array(take(2 * (near + 1)));
  const captionSizes = new Uint8Array(take(near));
  const textSizes = new Uint8Array(take(near));
  const sharedWords = new Uint8Array(take(shared));
  const weights = view.readUInt8(1) === 1 ? new Uint8Array(take(words)) : null;
  const neighbours = { kernels, times, captionSizes, textSizes, starts, shared: sharedWords, asked: new Map() };
  return { density: view.readDoubleLE(8), neighbours, weights };
}
