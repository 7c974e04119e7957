// Captions as different people would write them: one scene, several sentences, the same facts.

import { CLASSES, classOf, type ThingClass } from './classes.js';
import type { Count, Facts, Second } from './facts.js';
import {
  COUNT_WORDS,
  FAR_PHRASES,
  HOLD_VERBS,
  NIGHT_PHRASES,
  PARTICIPLES,
  PLACE_PHRASES,
  VERBS,
  WATCH_PHRASES,
  WEATHER_PHRASES,
  withArticle,
} from './lexicon.js';
import type { Random } from './random.js';

/** How many references a scene has. */
export const REFERENCES = 5;

/** `REFERENCES` different captions. */
export function referencesOf(facts: Facts, random: Random): string[] {
  const found = new Set<string>();
  const templates = random.shuffled(TEMPLATES);
  for (let i = 0; found.size < REFERENCES; i++) found.add(tidy(templates[i % templates.length]!(facts, random)));
  return [...found];
}

/** Every word that a reference can have, in alphabetical order. */
export function vocabulary(): string[] {
  const tables = [
    NOUNS_OF_CLASSES,
    Object.values(COUNT_WORDS).flat(),
    Object.values(PARTICIPLES).flat(),
    Object.values(VERBS).flat(2),
    Object.values(HOLD_VERBS).flat(2),
    Object.values(PLACE_PHRASES).flat(),
    Object.values(WEATHER_PHRASES).flat(),
    Object.values(NIGHT_PHRASES).flat(),
    Object.values(FAR_PHRASES).flat(),
    WATCH_PHRASES,
    FRAME_WORDS,
  ].flat();
  const words = tables.flatMap((text) => text.split(' ')).filter((word) => word !== '' && word !== '~');
  return [...new Set(words)].sort();
}

/** The words of the templates themselves. */
const FRAME_WORDS = [
  'a photo picture of an there is are and while on the right',
  'standing stands stand waits wait',
  'crowd of people group many',
];
/** Of what stands or flies by itself, there is one. */
const ALONE = new Set(['structure', 'far', 'part']);
const NOUNS_OF_CLASSES = CLASSES.filter(({ name }) => name !== 'collision').flatMap(({ kind, name, one, many }) =>
  ALONE.has(kind) || name === 'boat' ? one : [...one, ...many],
);

type Template = (facts: Facts, random: Random) => string;

const TEMPLATES: readonly Template[] = [
  (facts, random) => `${clause(facts, random)} ${where(facts, random)} ${besides(facts, random)}`,
  (facts, random) => `${where(facts, random)} , ${sentence(facts, random)} ${besides(facts, random)}`,
  (facts, random) =>
    `${pick(random, 'a photo of', 'a picture of')} ${clause(facts, random)} ${where(facts, random)} ${besides(facts, random)}`,
  (facts, random) => `${sentence(facts, random)} ${where(facts, random)} ${besides(facts, random)}`,
  (facts, random) =>
    `there ${facts.count === 1 ? 'is' : 'are'} ${clause(facts, random)} ${where(facts, random)} ${besides(facts, random)}`,
  (facts, random) => `${clause(facts, random)} ${besides(facts, random)} ${where(facts, random)}`,
];

/** "a girl holding a cake and an astronaut wearing a hat" */
function clause(facts: Facts, random: Random): string {
  return `${actors(facts, random)} ${doing(facts, random)} ${secondClause(facts.second, random)}`;
}

function doing({ relation, object, count }: Facts | SecondAgent, random: Random): string {
  if (relation === 'none') return pick(random, '', '', 'standing');
  if (relation === 'hold' && random.chance(0.4)) {
    const special = HOLD_VERBS[object!];
    if (special !== undefined) return `${random.pick(special)[0]} ${things(object!, count, random)}`;
  }
  return `${random.pick(PARTICIPLES[relation])} ${thingsOf(relation, object!, count, random)}`;
}

/** "a girl holds a cake and an astronaut wears a hat" */
function sentence(facts: Facts, random: Random): string {
  return `${actors(facts, random)} ${does(facts, random)} ${secondSentence(facts.second, random)}`;
}

function does({ relation, object, count }: Facts | SecondAgent, random: Random): string {
  const form = count === 1 ? 0 : 1;
  if (relation === 'none')
    return random.pick([
      ['stands', 'stand'],
      ['waits', 'wait'],
      ['is', 'are'],
    ])[form]!;
  if (relation === 'hold' && random.chance(0.4)) {
    const special = HOLD_VERBS[object!];
    if (special !== undefined) return `${random.pick(special)[form + 1]} ${things(object!, count, random)}`;
  }
  return `${random.pick(VERBS[relation])[form]} ${thingsOf(relation, object!, count, random)}`;
}

type SecondAgent = { relation: Exclude<Second['relation'], 'watch'>; object?: string | undefined; count: 1 };

function secondClause(second: Second | undefined, random: Random): string {
  if (second === undefined || second.relation === 'watch') return '';
  const { relation, object } = second;
  return `and ${random.chance(0.2) ? 'on the right ' : ''}${noun(second.actor, random)} ${doing({ relation, object, count: 1 }, random)}`;
}

function secondSentence(second: Second | undefined, random: Random): string {
  if (second === undefined || second.relation === 'watch') return '';
  const { relation, object } = second;
  return `${pick(random, 'and', 'while')} ${noun(second.actor, random)} ${does({ relation, object, count: 1 }, random)}`;
}

function where({ place, time, weather }: Facts, random: Random): string {
  const weathers = (time === 'night' ? NIGHT_PHRASES : WEATHER_PHRASES)[weather];
  const parts = [random.pick(PLACE_PHRASES[place]), place === 'stage' ? '' : random.pick(weathers)];
  return (random.chance(0.75) ? parts : parts.reverse()).join(' ');
}

/** Who watches and what is far away. */
function besides({ second, animal, far }: Facts, random: Random): string {
  const watcher = animal ?? (second?.relation === 'watch' ? 'people' : undefined);
  const parts: string[] = [];
  if (watcher !== undefined) parts.push(random.pick(WATCH_PHRASES).replace('~', noun(watcher, random)));
  if (far !== undefined) parts.push(random.pick(FAR_PHRASES[far]!).replace('~', noun(far, random)));
  return (random.chance(0.5) ? parts : parts.reverse()).join(' ');
}

function actors({ actor, count }: Facts, random: Random): string {
  if (actor === 'people') return random.pick(['a crowd of people', 'a crowd', 'a group of people', 'many people']);
  if (count === 1) return noun(actor, random);
  return `${random.pick(COUNT_WORDS[count])} ${named(classOf(actor).many, random)}`;
}

/** What several do is done with one thing each, where things are held, worn or ridden; boats and benches are shared. */
function thingsOf(relation: string, object: string, count: Count, random: Random): string {
  const each = ['hold', 'wear', 'ride'].includes(relation) || object === 'umbrella';
  return things(object, each ? count : 1, random);
}

function things(object: string, count: Count, random: Random): string {
  return count === 1 ? noun(object, random) : named(classOf(object).many, random);
}

function noun(name: string, random: Random): string {
  return withArticle(named(classOf(name).one, random));
}

/** The first name more often than the others. */
function named(names: ThingClass['one'], random: Random): string {
  return random.chance(0.6) ? names[0]! : random.pick(names);
}

function pick(random: Random, ...items: string[]): string {
  return random.pick(items);
}

function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/ ,/g, ',').trim();
}
