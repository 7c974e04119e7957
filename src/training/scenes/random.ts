// Seeded randomness: a stream is named by what it is for, and the same name gives the same stream on every machine.

import { sfc32 } from '../../sfc32.js';

/** Draws from one stream. */
export interface Random {
  /** In [0, 1), 32 bits. */
  next(): number;
  /** A whole number in [0, n). */
  below(n: number): number;
  /** A number in [low, high). */
  between(low: number, high: number): number;
  chance(p: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** The items in a new order. */
  shuffled<T>(items: readonly T[]): T[];
  /** One key of a table of weights. */
  weighted<K extends string>(weights: Readonly<Partial<Record<K, number>>>): K;
}

/** The stream that `parts` name: sfc32 (C. Doty-Humphrey, PractRand), seeded by FNV-1a hashes of the parts. */
export function randomOf(...parts: readonly (string | number)[]): Random {
  const name = parts.join('\u0000');
  const bits = sfc32([hash32(name, 1), hash32(name, 2), hash32(name, 3)], 12);
  const next = () => bits() / 0x1_0000_0000;
  return {
    next,
    below: (n) => Math.floor(next() * n),
    between: (low, high) => low + next() * (high - low),
    chance: (p) => next() < p,
    pick: (items) => items[Math.floor(next() * items.length)]!,
    shuffled: (items) => {
      const left = [...items];
      return items.map(() => left.splice(Math.floor(next() * left.length), 1)[0]!);
    },
    weighted: (weights) => {
      const keys = Object.keys(weights) as (keyof typeof weights)[];
      let rest = next() * keys.reduce((sum, key) => sum + weights[key]!, 0);
      for (const key of keys) {
        rest -= weights[key]!;
        if (rest < 0) return key;
      }
      return keys[keys.length - 1]!;
    },
  };
}

/** FNV-1a with a final mix (Murmur3's): 32 bits. */
export function hash32(text: string, salt = 0): number {
  let hash = (0x811c9dc5 ^ Math.imul(salt, 0x9e3779b1)) >>> 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
