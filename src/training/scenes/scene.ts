// Seeded scenes that look like what people post: facts, captions, and where everything stands. Scene `index` of a seed, split
// and domain is the same everywhere and for ever, whatever was asked before it.

import { referencesOf } from './caption.js';
import { type Domain, type Facts, factsOf, type Split } from './facts.js';
import { type Layer, layoutOf } from './layout.js';
import { type Random, randomOf } from './random.js';
import type { SpriteSheet } from './sprites.js';

export interface SceneName {
  readonly seed: number;
  readonly split: Split;
  readonly domain: Domain;
  /** 0 and up. */
  readonly index: number;
}

export interface Scene {
  /** "train-all-0-12": split, domain, seed, index; or what sceneWith was given. */
  readonly id: string;
  readonly facts: Facts;
  /** Five captions. */
  readonly references: readonly string[];
  /** Sprites, back to front. */
  readonly layers: readonly Layer[];
}

/** One scene, not yet drawn: see drawScene. */
export function sceneOf(sprites: SpriteSheet, name: SceneName): Scene {
  const { seed, split, domain, index } = name;
  return composed(sprites, {
    id: `${split}-${domain}-${seed}-${index}`,
    facts: factsOf(name),
    split,
    stream: (what) => randomOf(what, seed, split, domain, index),
  });
}

/**
 * A scene that shows `facts`, with the art of the training split; each `id` shows them otherwise.
 * For pictures that tell a story. Whether training has such facts, the caller must see to.
 */
export function sceneWith(sprites: SpriteSheet, { facts, id }: { facts: Facts; id: string }): Scene {
  return composed(sprites, { id, facts, split: 'iid', stream: (what) => randomOf(what, id) });
}

interface Plan extends Pick<Scene, 'id' | 'facts'> {
  readonly split: Split;
  /** The random stream for captions, or for the layout. */
  readonly stream: (what: string) => Random;
}

function composed(sprites: SpriteSheet, { id, facts, split, stream }: Plan): Scene {
  return {
    id,
    facts,
    references: referencesOf(facts, stream('captions')),
    layers: layoutOf(facts, { sprites, split, random: stream('layout') }),
  };
}
