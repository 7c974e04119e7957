// The first frame of a GIF in RGB, as Pillow shows it: transparent pixels keep their palette colour, and a frame smaller than
// the screen lies on the transparent colour, or on colour 0. GIF89a specification; W3C, 1990.
import { AppError } from '../errors.js';
import type { RgbImage } from './resample.js';
import { tooManyPixels } from './tooManyPixels.js';

/** Throws BAD_IMAGE for what is cut off, contradicts itself, or has more than `maxPixels`. */
export function gifFirstFrame(bytes: Uint8Array, maxPixels: number): RgbImage {
  const read = reader(bytes);
  read.skip(6);
  let width = read.word();
  let height = read.word();
  const flags = read.byte();
  read.skip(2);
  let palette: Uint8Array | null = flags & 0x80 ? read.take(3 << ((flags & 7) + 1)) : null;
  let transparent: number | null = null;

  for (;;) {
    const kind = read.byte();
    if (kind === 0x21) {
      const label = read.byte();
      const block = read.blocks();
      if (label === 0xf9 && block.length >= 4) transparent = block[0]! & 1 ? block[3]! : null;
    } else if (kind === 0x2c) {
      break;
    } else if (kind === 0x3b) {
      throw damaged('it has no frame');
    } // Other bytes between blocks are skipped, as Pillow does.
  }

  const left = read.word();
  const top = read.word();
  const frameWidth = read.word();
  const frameHeight = read.word();
  const frameFlags = read.byte();
  width = Math.max(width, left + frameWidth);
  height = Math.max(height, top + frameHeight);
  if (frameWidth === 0 || frameHeight === 0) throw damaged('its frame has no pixels');
  if (width * height > maxPixels) throw tooManyPixels(maxPixels);
  if (frameFlags & 0x80) palette = read.take(3 << ((frameFlags & 7) + 1));
  const codeSize = read.byte();
  if (codeSize < 1 || codeSize > 11) throw damaged(`its codes begin with ${codeSize} bits`);
  const indices = unpackLzw(read.blocks(), codeSize, frameWidth * frameHeight);

  const data = new Uint8Array(width * height * 3);
  const paint = (at: number, index: number) => {
    for (let i = 0; i < 3; i++) data[at * 3 + i] = palette ? (palette[index * 3 + i] ?? 0) : index;
  };
  if (frameWidth !== width || frameHeight !== height) {
    for (let at = 0; at < width * height; at++) paint(at, transparent ?? 0);
  }
  const rows = frameFlags & 0x40 ? interlacedRows(frameHeight) : Array.from({ length: frameHeight }, (_, y) => y);
  let from = 0;
  for (const y of rows) {
    const row = (top + y) * width + left;
    for (let x = 0; x < frameWidth; x++) paint(row + x, indices[from++]!);
  }
  return { data, width, height };
}

function interlacedRows(height: number): number[] {
  const rows: number[] = [];
  for (const [first, step] of [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ] as const) {
    for (let y = first; y < height; y += step) rows.push(y);
  }
  return rows;
}

/** `count` palette indices. Codes grow from codeSize + 1 to 12 bits; two of them clear the table and end the data. */
function unpackLzw(packed: Uint8Array, codeSize: number, count: number): Uint8Array {
  const out = new Uint8Array(count);
  const clear = 1 << codeSize;
  const prefix = new Uint16Array(4096);
  const suffix = new Uint8Array(4096);
  const stack = new Uint8Array(4097);
  for (let code = 0; code < clear; code++) suffix[code] = code;
  let bits = codeSize + 1;
  let next = clear + 2;
  let previous = -1;
  let first = 0;
  let buffer = 0;
  let held = 0;
  let at = 0;
  let written = 0;
  while (written < count) {
    while (held < bits) {
      if (at >= packed.length) throw damaged('it is cut off');
      buffer |= packed[at++]! << held;
      held += 8;
    }
    const code = buffer & ((1 << bits) - 1);
    buffer >>>= bits;
    held -= bits;
    if (code === clear) {
      bits = codeSize + 1;
      next = clear + 2;
      previous = -1;
      continue;
    }
    if (code === clear + 1) throw damaged('it is cut off');
    if (code > next || (code === next && previous < 0)) throw damaged('a code names nothing');
    let depth = 0;
    let walk = code;
    if (code === next) {
      // Not in the table yet: the previous string and its own first index.
      stack[depth++] = first;
      walk = previous;
    }
    while (walk >= clear) {
      stack[depth++] = suffix[walk]!;
      walk = prefix[walk]!;
    }
    first = walk;
    stack[depth++] = first;
    while (depth > 0 && written < count) out[written++] = stack[--depth]!;
    if (previous >= 0 && next < 4096) {
      prefix[next] = previous;
      suffix[next] = first;
      next++;
      if (next === 1 << bits && bits < 12) bits++;
    }
    previous = code;
  }
  return out;
}

function reader(bytes: Uint8Array) {
  let at = 0;
  const take = (length: number) => {
    if (at + length > bytes.length) throw damaged('it is cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  return {
    take,
    skip: take,
    byte: () => take(1)[0]!,
    word: () => {
      const [low, high] = take(2);
      return low! | (high! << 8);
    },
    /** Sub-blocks up to the empty one, joined. */
    blocks: () => {
      const parts: Uint8Array[] = [];
      for (let length = take(1)[0]!; length > 0; length = at < bytes.length ? take(1)[0]! : 0) {
        parts.push(take(Math.min(length, bytes.length - at)));
      }
      return Buffer.concat(parts);
    },
  };
}

function damaged(reason: string): AppError {
  return new AppError('BAD_IMAGE', `damaged GIF picture: ${reason}`);
}
