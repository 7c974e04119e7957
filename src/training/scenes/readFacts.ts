// Reads the facts back out of a caption, of ours or of a model: it knows the words, not the sentences, so that what a model
// leaves out or adds costs only that.

import { classOf } from './classes.js';
import { type Count, type Facts, type Place, RELATIONS, type Relation, type Second, type Weather } from './facts.js';
import { HOLD_VERBS, NOUNS, PARTICIPLES, VERBS } from './lexicon.js';

/** What a caption says. Not said: `actor`, `count`, `place` undefined; others as in `Facts`, where day and clear weather go without saying. */
export interface ReadFacts extends Partial<Omit<Facts, 'relation' | 'time' | 'weather'>> {
  readonly relation: Relation;
  readonly time: Facts['time'];
  readonly weather: Weather;
}

type Item =
  | { is: 'thing'; name: string; plural: boolean }
  | { is: 'count'; count: Count }
  | { is: 'relation'; relation: Relation | 'with' }
  | { is: 'place'; place: Place }
  | { is: 'weather'; weather: Weather }
  | { is: 'night' }
  | { is: 'watches' }
  | { is: 'watched by' }
  /** Ends what a relation reaches for. */
  | { is: 'break' };

const PHRASES: ReadonlyMap<string, Item> = phrases();
const LONGEST = Math.max(...[...PHRASES.keys()].map((phrase) => phrase.split(' ').length));

/** The facts that `caption` states. Never throws: a caption without any gives none. */
export function readFacts(caption: string): ReadFacts {
  const items = itemsOf(caption);
  const agents: { name: string; count: Count; relation: Relation; object?: string }[] = [];
  let relation: Relation | 'with' | undefined;
  let count: Count | undefined;
  let place: Place | undefined;
  let weather: Weather = 'clear';
  let time: Facts['time'] = 'day';
  let animal: string | undefined;
  let audience = false;
  let far: string | undefined;
  for (const [i, item] of items.entries()) {
    if (item.is === 'count') {
      count = item.count;
      continue;
    }
    if (item.is === 'relation') relation = item.relation;
    else if (item.is === 'thing') {
      const watching =
        items[i + 1]?.is === 'watches' ||
        items[i - 1]?.is === 'watched by' ||
        (count !== undefined && items[i - 2]?.is === 'watched by');
      const agent = agents[agents.length - 1];
      const kind = classOf(item.name).kind;
      if (kind === 'far') far ??= item.name;
      else if (watching && agent !== undefined) {
        if (item.name === 'people') audience = true;
        else animal ??= item.name;
      } else {
        const found = relation === undefined ? undefined : meant(relation, item.name);
        if (agent !== undefined && agent.object === undefined && found !== undefined) {
          agent.relation = found;
          agent.object = item.name;
        } else if (agents.length < 2 && (agents.length === 0 || kind === 'person' || item.name === 'people')) {
          const several = item.plural || item.name === 'people' ? 'many' : 1;
          agents.push({
            name: item.name,
            count: item.name === 'people' ? 'many' : (count ?? several),
            relation: 'none',
          });
        }
      }
      relation = undefined;
    } else {
      relation = undefined;
      if (item.is === 'place') place ??= item.place;
      else if (item.is === 'weather') weather = weather === 'clear' ? item.weather : weather;
      else if (item.is === 'night') time = 'night';
    }
    count = undefined;
  }
  const [main, other] = agents;
  const second = secondOf(other, audience);
  return {
    ...(main !== undefined && { actor: main.name, count: main.count }),
    relation: main?.relation ?? 'none',
    ...(main?.object !== undefined && { object: main.object }),
    ...(second !== undefined && { second }),
    ...(animal !== undefined && { animal }),
    ...(far !== undefined && { far }),
    ...(place !== undefined && { place }),
    time,
    weather,
  };
}

function secondOf(
  other: { name: string; relation: Relation; object?: string } | undefined,
  audience: boolean,
): Second | undefined {
  if (other === undefined) return audience ? { actor: 'people', relation: 'watch' } : undefined;
  // A relation that no second agent of ours has is still said of it, and counts as wrong.
  const relation = other.relation as Second['relation'];
  return { actor: other.name, relation, ...(other.object !== undefined && { object: other.object }) };
}

/** "with a crown" is worn, "on a horse" ridden; undefined where the words fit no relation to that thing. */
function meant(relation: Relation | 'with', object: string): Relation | undefined {
  const kind = classOf(object).kind;
  if (relation === 'with') return kind === 'held' ? 'hold' : kind === 'worn' ? 'wear' : undefined;
  if (relation === 'on' && kind === 'ridden') return 'ride';
  if (relation === 'hold' && object === 'umbrella') return 'under';
  if (relation === 'kick' && object !== 'football') return 'hold';
  if ((relation === 'on' || relation === 'ride') && object === 'boat') return 'in';
  return relation;
}

function itemsOf(caption: string): Item[] {
  // Letters of any script, digits: punctuation ends what a relation reaches for.
  const words = caption.toLowerCase().match(/[\p{L}\p{N}]+|[,.;:]/gu) ?? [];
  const items: Item[] = [];
  for (let i = 0; i < words.length; ) {
    let taken = 1;
    for (let length = Math.min(LONGEST, words.length - i); length > 0; length--) {
      const item = PHRASES.get(words.slice(i, i + length).join(' '));
      if (item === undefined) continue;
      items.push(item);
      taken = length;
      break;
    }
    i += taken;
  }
  return items;
}

function phrases(): Map<string, Item> {
  const found = new Map<string, Item>();
  const add = (item: Item, ...texts: string[]) => {
    for (const text of texts) found.set(text, item);
  };
  for (const relation of RELATIONS) {
    if (relation === 'none') continue;
    add({ is: 'relation', relation }, ...PARTICIPLES[relation], ...VERBS[relation].flat());
  }
  for (const verbs of Object.values(HOLD_VERBS)) add({ is: 'relation', relation: 'hold' }, ...verbs.flat());
  add({ is: 'relation', relation: 'with' }, 'with');
  add({ is: 'relation', relation: 'on' }, 'on', 'sitting on', 'sits on', 'sit on');
  add({ is: 'relation', relation: 'next' }, 'by', 'stands near', 'stand near', 'stands beside', 'stand beside');
  for (const [noun, name] of NOUNS) {
    const plural = classOf(name).many.includes(noun) && !classOf(name).one.includes(noun);
    add({ is: 'thing', name, plural }, noun);
  }
  add({ is: 'count', count: 1 }, 'a', 'an', 'one');
  add({ is: 'count', count: 2 }, 'two', 'a couple of', 'a pair of');
  add({ is: 'count', count: 3 }, 'three');
  add({ is: 'count', count: 'many' }, 'a group of', 'a crowd of', 'many', 'several', 'four', 'five', 'six', 'seven');
  add(
    { is: 'thing', name: 'people', plural: true },
    'group of people',
    'a crowd',
    'a crowd of people',
    'a group of people',
  );
  const place = (name: Place, ...texts: string[]) => add({ is: 'place', place: name }, ...texts);
  place('street', 'street', 'road', 'city street');
  place('square', 'square', 'town square');
  place('park', 'park', 'grass', 'grass of a park');
  place('beach', 'beach', 'sandy beach');
  place('stadium', 'stadium', 'pitch', 'football pitch');
  place('stage', 'stage', 'concert');
  place('flood', 'flooded street', 'flooded', 'flood', 'flood water');
  place('mountains', 'mountains', 'mountain');
  place('desert', 'desert', 'desert sand');
  place('forest', 'forest', 'woods', 'trees of a forest');
  const weather = (name: Weather, ...texts: string[]) => add({ is: 'weather', weather: name }, ...texts);
  weather('rain', 'rain', 'rains', 'rainy', 'raining');
  weather('snow', 'snow', 'snows', 'snowy', 'snowing');
  weather('fog', 'fog', 'foggy');
  weather('storm', 'storm', 'stormy', 'thunderstorm');
  weather('haze', 'haze', 'smoky', 'smoky air');
  add({ is: 'night' }, 'night', 'dark');
  add({ is: 'watches' }, 'watches', 'watching', 'watch', 'looks on', 'look on', 'looking on');
  add({ is: 'watched by' }, 'watched by');
  add(
    { is: 'break' },
    'and',
    'while',
    'as',
    ',',
    '.',
    ';',
    ':',
    'in the sky',
    'blue sky',
    'on the right',
    'on the left',
  );
  add({ is: 'break' }, 'day', 'sky', 'horizon', 'distance', 'sea', 'air');
  return found;
}
