// The words of the captions, for those who write them and for the one who reads them back.

import { CLASSES } from './classes.js';
import type { Place, Relation, Weather } from './facts.js';

export const COUNT_WORDS = {
  2: ['two', 'a couple of'],
  3: ['three'],
  many: ['a group of', 'a crowd of', 'many', 'several'],
} as const;

/** After the actor: "a man holding a cake". The first words of each list are the commonest. */
export const PARTICIPLES: Readonly<Record<Exclude<Relation, 'none'>, readonly string[]>> = {
  hold: ['holding', 'holding', 'carrying', 'with'],
  wear: ['wearing', 'wearing', 'with'],
  ride: ['riding', 'riding', 'on'],
  kick: ['kicking', 'playing with'],
  in: ['in', 'sitting in', 'inside'],
  next: ['next to', 'standing next to', 'beside', 'near'],
  front: ['in front of', 'standing in front of'],
  behind: ['behind', 'standing behind', 'hiding behind'],
  under: ['under', 'standing under', 'below'],
  on: ['on top of', 'standing on', 'on'],
};

/** As sentences: singular and plural. */
export const VERBS: Readonly<Record<Exclude<Relation, 'none'>, readonly (readonly [string, string])[]>> = {
  hold: [
    ['holds', 'hold'],
    ['carries', 'carry'],
    ['has', 'have'],
  ],
  wear: [['wears', 'wear']],
  ride: [['rides', 'ride']],
  kick: [
    ['kicks', 'kick'],
    ['plays with', 'play with'],
  ],
  in: [
    ['sits in', 'sit in'],
    ['is in', 'are in'],
  ],
  next: [
    ['stands next to', 'stand next to'],
    ['is beside', 'are beside'],
    ['waits near', 'wait near'],
  ],
  front: [['stands in front of', 'stand in front of']],
  behind: [
    ['stands behind', 'stand behind'],
    ['hides behind', 'hide behind'],
  ],
  under: [
    ['stands under', 'stand under'],
    ['is below', 'are below'],
  ],
  on: [
    ['stands on', 'stand on'],
    ['is on top of', 'are on top of'],
  ],
};

/** What is done with some things that are held, besides holding them. */
export const HOLD_VERBS: Readonly<Record<string, readonly (readonly [string, string, string])[]>> = {
  guitar: [['playing', 'plays', 'play']],
  trumpet: [['playing', 'plays', 'play']],
  sign: [
    ['raising', 'raises', 'raise'],
    ['holding up', 'holds up', 'hold up'],
  ],
  flag: [
    ['waving', 'waves', 'wave'],
    ['waving', 'waves', 'wave'],
  ],
  pizza: [['eating', 'eats', 'eat']],
  icecream: [['eating', 'eats', 'eat']],
  watermelon: [['eating', 'eats', 'eat']],
  book: [['reading', 'reads', 'read']],
  microphone: [['singing into', 'sings into', 'sing into']],
  megaphone: [['shouting into', 'shouts into', 'shout into']],
  trophy: [['raising', 'raises', 'raise']],
};

export const PLACE_PHRASES: Readonly<Record<Place, readonly string[]>> = {
  street: ['on a street', 'in the street', 'on a city street', 'on the road'],
  square: ['in a square', 'in the town square', 'on a square'],
  park: ['in a park', 'in the park', 'on the grass of a park'],
  beach: ['on a beach', 'at the beach', 'on a sandy beach'],
  stadium: ['in a stadium', 'on a football pitch', 'in the stadium'],
  stage: ['on a stage', 'on stage', 'at a concert'],
  flood: ['in a flooded street', 'in a flood', 'in flood water'],
  mountains: ['in the mountains', 'in front of the mountains', 'below the mountains'],
  desert: ['in a desert', 'in the desert', 'on desert sand'],
  forest: ['in a forest', 'in the woods', 'among the trees of a forest'],
};

/** By day. Clear weather mostly goes without saying. */
export const WEATHER_PHRASES: Readonly<Record<Weather, readonly string[]>> = {
  clear: ['', '', '', 'on a sunny day', 'under a blue sky'],
  rain: ['in the rain', 'on a rainy day', 'while it rains'],
  snow: ['in the snow', 'on a snowy day', 'while it snows'],
  fog: ['in the fog', 'on a foggy day', 'in thick fog'],
  storm: ['in a thunderstorm', 'on a stormy day', 'during a storm'],
  haze: ['in smoky air', 'on a smoky day', 'in thick haze'],
};

export const NIGHT_PHRASES: Readonly<Record<Weather, readonly string[]>> = {
  clear: ['at night', 'at night', 'after dark', 'on a clear night'],
  rain: ['on a rainy night', 'in the rain at night', 'at night while it rains'],
  snow: ['on a snowy night', 'in the snow at night', 'at night while it snows'],
  fog: ['on a foggy night', 'in the fog at night', 'in thick fog after dark'],
  storm: ['on a stormy night', 'in a thunderstorm at night', 'during a storm at night'],
  haze: ['in smoky air at night', 'on a smoky night', 'in thick haze after dark'],
};

/** Far things: after the main clause, and before it. `~` stands for the thing with its article. */
export const FAR_PHRASES: Readonly<Record<string, readonly string[]>> = {
  airplane: ['with ~ in the sky', 'while ~ flies over', 'and ~ far above'],
  helicopter: ['with ~ in the sky', 'while ~ flies over', 'and ~ far above'],
  kite: ['with ~ in the sky', 'and ~ high in the air', 'while ~ flies far above'],
  sailboat: ['with ~ on the horizon', 'and ~ far out at sea', 'while ~ passes in the distance'],
  smoke: ['with ~ on the horizon', 'while ~ rises in the distance', 'and ~ in the distance'],
  fireworks: ['with ~ in the sky', 'while ~ light up the sky', 'under ~'],
};

export const WATCH_PHRASES = ['while ~ watches', 'and ~ watching', 'watched by ~', 'as ~ looks on'] as const;

/** One word a relation, place, weather for lists of keywords. */
export const RELATION_KEYWORDS: Readonly<Record<Exclude<Relation, 'none'>, string>> = {
  hold: 'holding',
  wear: 'wearing',
  ride: 'riding',
  kick: 'kicking',
  in: 'inside',
  next: 'next',
  front: 'front',
  behind: 'behind',
  under: 'under',
  on: 'top',
};

export const PLACE_KEYWORDS: Readonly<Record<Place, string>> = {
  street: 'street',
  square: 'square',
  park: 'park',
  beach: 'beach',
  stadium: 'stadium',
  stage: 'stage',
  flood: 'flooded',
  mountains: 'mountains',
  desert: 'desert',
  forest: 'forest',
};

export const WEATHER_KEYWORDS: Readonly<Record<Weather, string | undefined>> = {
  clear: undefined,
  rain: 'rain',
  snow: 'snow',
  fog: 'fog',
  storm: 'storm',
  haze: 'haze',
};

/** The article that fits before a noun phrase. */
export function withArticle(noun: string): string {
  // What is not counted one by one goes without.
  if (noun === 'smoke' || noun === 'fireworks' || noun === 'santa' || noun === 'santa claus') return noun;
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}

/** Every noun phrase of every class, singular and plural, with its class. */
export const NOUNS: ReadonlyMap<string, string> = new Map(
  CLASSES.filter(({ name }) => name !== 'collision').flatMap(({ name, one, many }) =>
    [...one, ...many].map((noun): [string, string] => [noun, name]),
  ),
);
