// Which combinations of actor, relation and object training never shows. The choice hangs on their names alone: it is the
// same for every seed, and a model trained today is tested fairly with scenes of tomorrow.

import type { Facts } from './facts.js';
import { hash32 } from './random.js';

/** One in this many. */
const SHARE = 8;

/** Whether the facts have a held-out combination: of the main actors, or of the second one with what it holds or wears. */
export function heldOut({ actor, relation, object, second }: Facts): boolean {
  if (object !== undefined && isHeldOut(actor, relation, object)) return true;
  return second?.object !== undefined && isHeldOut(second.actor, second.relation, second.object);
}

/** One combination, however many do it. What a mixed crowd does is never held out: there is too little of it to spare. */
export function isHeldOut(actor: string, relation: string, object: string): boolean {
  return actor !== 'people' && hash32(`${actor}|${relation}|${object}`) % SHARE === 0;
}
