// The facts of a scene as one keyword a slot: what the language model learns to read, and what the queries learn to write,
// query i into slot i. Slots have fixed meanings, because who does what cannot be told from words in any order.
import { classOf } from '../scenes/classes.js';
import type { Facts } from '../scenes/facts.js';
import { PLACE_KEYWORDS, RELATION_KEYWORDS, WEATHER_KEYWORDS } from '../scenes/lexicon.js';

export const SLOTS = 12;

/** The keyword of each slot, undefined where there is nothing to say. */
export function slotsOf(facts: Facts): (string | undefined)[] {
  const { actor, count, relation, object, second, animal, far, place, time, weather } = facts;
  const named = (name: string | undefined) => (name === undefined ? undefined : classOf(name).keyword);
  const doing = (name: keyof typeof RELATION_KEYWORDS | 'none' | 'watch' | undefined) => {
    if (name === undefined || name === 'none') return undefined;
    return name === 'watch' ? 'watching' : RELATION_KEYWORDS[name];
  };
  return [
    named(actor),
    { 1: undefined, 2: 'two', 3: 'three', many: 'many' }[count],
    doing(relation),
    named(object),
    named(second?.actor),
    doing(second?.relation),
    named(second?.object),
    named(animal),
    named(far),
    PLACE_KEYWORDS[place],
    WEATHER_KEYWORDS[weather],
    time === 'night' ? 'night' : undefined,
  ];
}
