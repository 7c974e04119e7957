// Seeded choices, and bytes made worse by them.
import { uniforms } from '../support/random.js';

export interface Draw {
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number;
  one<T>(of: readonly T[]): T;
  chance(probability: number): boolean;
}

export function draws(seed: number): Draw {
  const uniform = uniforms(seed);
  const int = (below: number) => Math.floor(uniform() * below);
  return { int, one: (of) => of[int(of.length)]!, chance: (probability) => uniform() < probability };
}

/** A copy with one to four mutations: flipped bits, set, inserted and removed bytes, a cut end, a piece of it or of `other` in another place. */
export function mutated(bytes: Uint8Array, draw: Draw, other: Uint8Array = bytes): Buffer {
  let result = Buffer.from(bytes);
  for (let count = 1 + draw.int(4); count > 0; count--) {
    const at = draw.int(result.length + 1);
    const piece = (of: Uint8Array) => {
      const from = draw.int(of.length + 1);
      return of.subarray(from, from + draw.int(40));
    };
    const cut = (length: number, insert: Uint8Array) =>
      Buffer.concat([result.subarray(0, at), insert, result.subarray(at + length)]);
    switch (draw.int(6)) {
      case 0:
        if (at < result.length) result[at]! ^= 1 << draw.int(8);
        break;
      case 1:
        result = cut(1, Buffer.from([draw.one(NASTY)]));
        break;
      case 2:
        result = cut(0, Buffer.from([draw.one(NASTY)]));
        break;
      case 3:
        result = cut(draw.int(20), Buffer.alloc(0));
        break;
      case 4:
        result = draw.chance(0.3) ? result.subarray(0, at) : cut(0, piece(result));
        break;
      default:
        result = cut(draw.int(20), piece(other));
    }
  }
  return result;
}

/** Bytes that mean something to JSON, CSV, GraphQL, UTF-8 or pictures. */
const NASTY = [
  0, 1, 9, 13, 32, 34, 36, 39, 44, 45, 46, 48, 57, 58, 64, 91, 92, 93, 123, 125, 0x7f, 0x80, 0xbf, 0xc0, 0xd9, 0xda,
  0xed, 0xef, 0xf5, 0xfe, 0xff,
];
