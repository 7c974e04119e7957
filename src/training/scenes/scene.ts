// Seeded scenes that look like what people post: facts, captions, and where everything stands. Scene `index` of a seed, split
// and domain is the same everywhere and for ever, whatever was asked before it.

import { keywordsOf, referencesOf } from './caption.js';
import { type Domain, type Facts, factsOf, type Split } from './facts.js';
import { type Layer, layoutOf } from './layout.js';
import { randomOf } from './random.js';
import type { SpriteSheet } from './sprites.js';

export interface SceneName {
  readonly seed: number;
  readonly split: Split;
  readonly domain: Domain;
  /** 0 and up. */
  readonly index: number;
}

export interface Scene {
  /** "train-all-0-12": split, domain, seed, index. */
  readonly id: string;
  readonly facts: Facts;
  /** Five captions. */
  readonly references: readonly string[];
  /** At most twelve words of the captions that carry all facts. */
  readonly keywords: readonly string[];
  /** Sprites, back to front. */
  readonly layers: readonly Layer[];
}

/** One scene, not yet drawn: see drawScene. */
export function sceneOf(sprites: SpriteSheet, name: SceneName): Scene {
  const { seed, split, domain, index } = name;
  const facts = factsOf(name);
  const stream = (what: string) => randomOf(what, seed, split, domain, index);
  return {
    id: `${split}-${domain}-${seed}-${index}`,
    facts,
    references: referencesOf(facts, stream('captions')),
    keywords: keywordsOf(facts),
    layers: layoutOf(facts, { sprites, split, random: stream('layout') }),
  };
}
