// A post before it has an id: what the parts of a simulation hand to each other.
import type { Facts } from '../training/scenes/facts.js';
import type { Random } from '../training/scenes/random.js';
import type { Feeling } from './voices.js';

export interface Draft {
  /** When it was posted, ms. */
  readonly at: number;
  readonly author: string;
  readonly text: string;
  /** Names the picture; posts of one picture share it. */
  readonly picture: Picture | null;
  readonly feeling: Feeling;
  readonly event?: string;
  readonly trap?: string;
  readonly topic?: string;
}

export interface Picture {
  readonly key: string;
  readonly facts: Facts;
}

/** A scene as it is at that time: dark at night, sometimes with an animal that looks on. */
export function factsAt(scene: Partial<Facts>, at: number, random: Random): Facts {
  const hour = new Date(at).getUTCHours();
  const dark = hour < 6 || hour >= 20;
  const { actor = 'people', count = 1, relation = 'none', place = 'street', weather = 'clear', ...rest } = scene;
  const time = scene.time ?? (dark && place !== 'stage' && random.chance(0.7) ? 'night' : 'day');
  return { ...rest, actor, count, relation, place, weather, time: place === 'stage' ? 'day' : time };
}

/** A key that no other picture of the simulation has. */
export function pictureKey(random: Random): string {
  const half = () =>
    random
      .below(2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return `${half()}${half()}`;
}
