// What a scene shows, and the drawing of lots that decides it. Facts come first; picture and captions follow from them.

import { classesOf } from './classes.js';
import { heldOut } from './heldOut.js';
import { type Random, randomOf } from './random.js';

export const PLACES = [
  'street',
  'square',
  'park',
  'beach',
  'stadium',
  'stage',
  'flood',
  'mountains',
  'desert',
  'forest',
] as const;
export type Place = (typeof PLACES)[number];

/** `storm`: rain and lightning. `haze`: smoke all over. */
export const WEATHERS = ['clear', 'rain', 'snow', 'fog', 'storm', 'haze'] as const;
export type Weather = (typeof WEATHERS)[number];

export const RELATIONS = [
  'none',
  'hold',
  'wear',
  'ride',
  'kick',
  'in',
  'next',
  'front',
  'behind',
  'under',
  'on',
] as const;
export type Relation = (typeof RELATIONS)[number];

/** `many`: five to seven. */
export type Count = 1 | 2 | 3 | 'many';

/** Names of classes, except `people`: many of several kinds. */
export interface Facts {
  readonly actor: string;
  readonly count: Count;
  readonly relation: Relation;
  /** What the actors hold, wear, ride (one each), or stand by. */
  readonly object?: string;
  /** Someone to the right of the actors; or `people` who `watch` them. */
  readonly second?: Second;
  /** An animal that watches. */
  readonly animal?: string;
  /** Something small and far away. */
  readonly far?: string;
  readonly place: Place;
  readonly time: 'day' | 'night';
  readonly weather: Weather;
}

export interface Second {
  readonly actor: string;
  readonly relation: 'none' | 'hold' | 'wear' | 'watch';
  readonly object?: string;
}

/** `calm`: one or two of a kind with a thing of every day. `events`: crowds, emergencies, shows, second agents, things far away. */
export const DOMAINS = ['all', 'calm', 'events'] as const;
export type Domain = (typeof DOMAINS)[number];

/** `complex` and `simple` are the two halves of the i.i.d. scenes by `isComplex`; `style` is drawn with other sprites. */
export const SPLITS = ['train', 'iid', 'compositional', 'complex', 'simple', 'style'] as const;
export type Split = (typeof SPLITS)[number];

type Main = Pick<Facts, 'actor' | 'count' | 'relation' | 'object'> & { places?: readonly Place[]; event?: boolean };

const PEOPLE = classesOf('person');
const ANIMALS = [...classesOf('animal'), 'horse', 'camel', 'elephant'];
export const WATCHERS = ['dog', 'cat', 'duck', 'monkey'] as const;
const VEHICLES = classesOf('vehicle').filter((name) => name !== 'boat');
const RIDDEN = classesOf('ridden');
const WORN = classesOf('worn');
const HELD = classesOf('held').filter((name) => name !== 'umbrella');
const BUILT = ['house', 'castle', 'church', 'tent', 'fountain', 'wheel', 'statue'];
const GREEN = ['tree', 'palm'];

const OUTDOORS: readonly Place[] = PLACES.filter((place) => place !== 'stage');
const ROOMY: readonly Place[] = OUTDOORS.filter((place) => place !== 'stadium');
const ROADS: readonly Place[] = ['street', 'street', 'square', 'park', 'flood', 'mountains', 'desert', 'beach'];
const TOWN: readonly Place[] = ['street', 'street', 'square', 'park', 'flood', 'mountains', 'forest'];

/** The facts of scene `index`: lots are drawn again until they fit the split. */
export function factsOf(options: { seed: number; split: Split; domain: Domain; index: number }): Facts {
  const { seed, split, domain, index } = options;
  const random = randomOf('facts', seed, split, domain, index);
  for (;;) {
    const facts = drawLots(random, domain);
    if (fits(facts, split)) return facts;
  }
}

/** Training never shows a held-out combination; the compositional test always does; the others never. */
function fits(facts: Facts, split: Split): boolean {
  if (heldOut(facts) !== (split === 'compositional')) return false;
  if (split === 'complex') return isComplex(facts);
  if (split === 'simple') return !isComplex(facts);
  return true;
}

/** Three or more things that matter, or something small held by three or more. A group counts as one thing. */
export function isComplex({ object, second, animal, far, count, relation }: Facts): boolean {
  const things = [object, second, second?.object, animal, far].filter((thing) => thing !== undefined).length + 1;
  const small = (relation === 'hold' || relation === 'wear') && (count === 3 || count === 'many');
  return things >= 3 || small;
}

function drawLots(random: Random, domain: Domain): Facts {
  const events = domain === 'events' || (domain === 'all' && random.chance(0.5));
  const main = events ? eventLots(random) : everydayLots(random, domain === 'calm' ? 0 : 0.18);
  const place = random.pick(main.places ?? placesFor(main));
  const time = place === 'stage' ? 'day' : random.chance(0.28) ? 'night' : 'day';
  const weather = weatherLots(random, place);
  const scene: Facts = { ...bare(main), place, time, weather };
  let second: Second | undefined;
  if (events) {
    if (main.event !== true) second = secondLots(random, main);
    else if (['stage', 'stadium'].includes(place) && main.count !== 'many' && random.chance(0.6)) {
      second = { actor: 'people', relation: 'watch' };
    }
  }
  const farLots =
    events && second === undefined && main.event !== true ? 1 : domain === 'calm' ? 0 : events ? 0.4 : 0.1;
  const far = random.chance(farLots) ? farLot(random, scene) : undefined;
  const crowded = second !== undefined || main.count === 'many';
  const animal =
    PEOPLE.includes(main.actor) && !crowded && place !== 'flood' && random.chance(0.22)
      ? random.pick(WATCHERS)
      : undefined;
  return {
    ...scene,
    ...(second !== undefined && { second }),
    ...(animal !== undefined && { animal }),
    ...(far !== undefined && { far }),
  };
}

function bare({ actor, count, relation, object }: Main): Pick<Facts, 'actor' | 'count' | 'relation' | 'object'> {
  return { actor, count, relation, ...(object !== undefined && { object }) };
}

function everydayLots(random: Random, three: number): Main {
  const count: Count = random.chance(three) ? 3 : random.chance(0.4) ? 2 : 1;
  const kind = random.weighted({ person: 0.74, animal: 0.14, vehicle: 0.12 });
  if (kind === 'animal') {
    const actor = random.pick(ANIMALS);
    const relation = random.weighted({ none: 0.25, next: 0.25, front: 0.2, under: 0.15, on: 0.15 });
    return { actor, count, relation, ...objectFor(relation, random, actor) };
  }
  if (kind === 'vehicle') {
    const actor = random.pick(VEHICLES);
    const relation = random.weighted({ none: 0.45, next: 0.25, front: 0.3 });
    if (relation === 'none') return { actor, count, relation };
    return { actor, count: count === 1 ? 1 : 2, relation, object: random.pick([...BUILT, 'tree', 'palm']) };
  }
  const relation = random.weighted({
    none: 0.09,
    hold: 0.32,
    wear: 0.08,
    ride: 0.14,
    kick: 0.03,
    in: 0.03,
    next: 0.1,
    front: 0.07,
    behind: 0.05,
    under: 0.06,
    on: 0.03,
  });
  const actor = random.pick(relation === 'wear' ? PEOPLE.slice(0, 6) : PEOPLE);
  const limited = ['next', 'behind', 'on', 'front', 'in'].includes(relation) && count === 3 ? 2 : count;
  return { actor, count: limited, relation, ...objectFor(relation, random, actor) };
}

function eventLots(random: Random): Main {
  const kind = random.weighted({ march: 0.19, emergency: 0.18, show: 0.09, match: 0.06, pair: 0.34, plain: 0.14 });
  const few: Count = random.chance(0.5) ? 1 : random.chance(0.6) ? 2 : 3;
  if (kind === 'march') {
    const actor = random.chance(0.6) ? 'people' : random.pick(PEOPLE);
    const relation = random.weighted({ hold: 0.75, none: 0.15, front: 0.1 });
    const object = {
      hold: random.weighted({ sign: 0.42, flag: 0.28, candle: 0.1, balloon: 0.12, phone: 0.08 }),
      front: random.pick(['church', 'castle', 'statue', 'burning', 'fountain', 'house']),
      none: undefined,
    }[relation];
    const places: readonly Place[] =
      relation === 'front'
        ? TOWN
        : ['street', 'street', 'square', 'square', 'park', 'stadium', 'flood', 'beach', 'mountains'];
    return { actor, count: 'many', relation, ...(object !== undefined && { object }), places, event: true };
  }
  if (kind === 'emergency') {
    const what = random.weighted({ burning: 0.36, crash: 0.34, flood: 0.3 });
    if (what === 'flood') {
      return { actor: random.pick(PEOPLE), count: few, relation: 'in', object: 'boat', places: ['flood'], event: true };
    }
    const actor = random.pick([
      'firefighter',
      'firetruck',
      'firetruck',
      'policecar',
      'ambulance',
      'officer',
      'doctor',
      random.pick(PEOPLE),
      random.pick(['truck', 'car', 'bus', 'taxi', 'tractor']),
    ]);
    const vehicle = VEHICLES.includes(actor);
    const relation = random.pick(['next', 'front'] as const);
    const places: readonly Place[] = what === 'crash' ? ROADS : TOWN;
    return { actor, count: vehicle ? 1 : few === 3 ? 2 : few, relation, object: what, places, event: true };
  }
  if (kind === 'show') {
    const object = random.weighted({ guitar: 0.35, microphone: 0.3, trumpet: 0.2, flowers: 0.08, trophy: 0.07 });
    return { actor: random.pick(PEOPLE), count: few, relation: 'hold', object, places: ['stage'], event: true };
  }
  if (kind === 'match') {
    const hold = random.chance(0.25);
    const object = hold ? random.pick(['trophy', 'flag']) : 'football';
    const relation = hold ? 'hold' : 'kick';
    return { actor: random.pick(PEOPLE), count: few, relation, object, places: ['stadium'], event: true };
  }
  if (kind === 'pair') {
    const relation = random.weighted({ none: 0.08, hold: 0.72, wear: 0.15, kick: 0.05 });
    const actor = random.pick(relation === 'wear' ? PEOPLE.slice(0, 6) : PEOPLE);
    return { actor, count: 1, relation, ...objectFor(relation, random, actor) };
  }
  return everydayLots(random, 0.2);
}

/** Who stands to the right; only beside one person whose own thing leaves room. */
function secondLots(random: Random, main: Main): Second | undefined {
  const room =
    PEOPLE.includes(main.actor) && main.count === 1 && ['none', 'hold', 'wear', 'kick'].includes(main.relation);
  if (!room || random.chance(0.05)) return undefined;
  const relation = random.weighted({ none: 0.1, hold: 0.75, wear: 0.15 });
  const actor = random.pick((relation === 'wear' ? PEOPLE.slice(0, 6) : PEOPLE).filter((name) => name !== main.actor));
  return { actor, relation, ...objectFor(relation, random, actor) };
}

function objectFor(relation: Relation, random: Random, actor: string): { object?: string } {
  const animal = !PEOPLE.includes(actor);
  switch (relation) {
    case 'none':
      return {};
    case 'hold':
      return { object: random.pick(HELD) };
    case 'wear':
      return { object: random.pick(WORN) };
    case 'ride':
      return { object: random.pick(RIDDEN) };
    case 'kick':
      return { object: 'football' };
    case 'in':
      return { object: 'boat' };
    case 'next':
      return { object: random.pick([...VEHICLES, ...BUILT, ...GREEN, 'snowman', 'bench', 'fire']) };
    case 'front':
      return { object: random.pick([...BUILT, ...(animal ? [] : VEHICLES)]) };
    case 'behind':
      return { object: random.pick([...VEHICLES, 'bench']) };
    case 'under':
      return { object: random.pick(['umbrella', 'umbrella', ...GREEN]) };
    case 'on':
      return { object: random.pick(['car', 'bus', 'taxi', 'bench']) };
    default:
      return relation satisfies never;
  }
}

function placesFor({ actor, relation, object }: Main): readonly Place[] {
  if (object === 'boat') return ['beach', 'beach', 'flood'];
  if (object === 'snowman') return ['street', 'square', 'park', 'mountains', 'forest'];
  if (VEHICLES.includes(actor) || (object !== undefined && (VEHICLES.includes(object) || RIDDEN.includes(object)))) {
    return ROADS;
  }
  if (['next', 'front', 'behind', 'under', 'on'].includes(relation) && object !== 'umbrella') return ROOMY;
  if (['camel', 'elephant', 'horse', 'cow', 'pig'].includes(actor)) return ROOMY;
  return object === 'umbrella' ? OUTDOORS : PLACES;
}

function weatherLots(random: Random, place: Place): Weather {
  if (place === 'stage') return 'clear';
  const weather = random.weighted({ clear: 0.5, rain: 0.14, snow: 0.12, fog: 0.09, storm: 0.07, haze: 0.08 });
  if (weather === 'snow' && ['beach', 'desert', 'flood'].includes(place)) return 'clear';
  if (place === 'desert' && weather !== 'haze') return 'clear';
  return weather;
}

function farLot(random: Random, { place, time, weather }: Facts): string | undefined {
  if (place === 'stage' || weather === 'fog' || weather === 'haze') return undefined;
  const calmDay = time === 'day' && weather === 'clear';
  return random.weighted({
    airplane: 0.2,
    helicopter: 0.2,
    smoke: place === 'stadium' ? 0 : 0.25,
    kite: calmDay ? 0.2 : 0,
    sailboat: place === 'beach' ? 0.5 : 0,
    fireworks: time === 'night' && weather !== 'storm' ? 0.4 : 0,
  });
}
