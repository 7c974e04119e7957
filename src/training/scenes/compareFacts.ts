// What a caption got right, fact by fact.

import type { Facts } from './facts.js';
import type { ReadFacts } from './readFacts.js';

export const COMPARED = [
  'actor',
  'count',
  'relation',
  'object',
  'second',
  'animal',
  'far',
  'place',
  'time',
  'weather',
] as const;

/** Right or wrong by fact; undefined where there is nothing to say and nothing was said. `all`: nothing is wrong. */
export type Comparison = Readonly<Record<(typeof COMPARED)[number], boolean | undefined>> & { readonly all: boolean };

/** Compares what a caption says with what is true. `second` is right with all of whom, doing what, with what. */
export function compareFacts(truth: Facts, read: ReadFacts): Comparison {
  const same = (a: string | number | undefined, b: string | number | undefined) =>
    a === undefined && b === undefined ? undefined : a === b;
  const relation = (value: string) => (value === 'none' ? undefined : value);
  const second = ({ second }: Partial<Facts>) =>
    second === undefined ? undefined : `${second.actor}|${second.relation}|${second.object ?? ''}`;
  const facts = {
    actor: same(truth.actor, read.actor),
    count: same(truth.count, read.count),
    relation: same(relation(truth.relation), relation(read.relation)),
    object: same(truth.object, read.object),
    second: same(second(truth), second(read)),
    animal: same(truth.animal, read.animal),
    far: same(truth.far, read.far),
    place: same(truth.place, read.place),
    time: same(truth.time, read.time),
    weather: same(truth.weather, read.weather),
  };
  return { ...facts, all: Object.values(facts).every((right) => right !== false) };
}
