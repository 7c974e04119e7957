// What can happen in a simulated city: each plot has parts that people picture, words, and a course.
import type { Facts } from '../training/scenes/facts.js';

export interface Course {
  /** Hours from the first post to the peak, and from it to the last. */
  readonly rise: number;
  readonly fall: number;
  readonly posts: number;
  /** Hours of the day at which it may begin; any where it is not given. */
  readonly begins?: readonly [number, number];
}

export interface Plot {
  readonly name: string;
  /** `slow` grows over a day and more, `drift` changes what it shows, `textual` has few pictures. */
  readonly kind:
    | 'burst'
    | 'spike'
    | 'slow'
    | 'long'
    | 'small'
    | 'big'
    | 'drift'
    | 'textual'
    | 'split'
    | 'merge'
    | 'recurring'
    | 'twin';
  readonly course: Course;
  readonly scenes: readonly Partial<Facts>[];
  /** What people say: ~ stands for the name of the place. */
  readonly says: readonly string[];
  readonly tag: string;
  /** Mean opinion of its authors, -1 to 1; of those after the peak where opinion turns. */
  readonly opinion: number;
  readonly turns?: number;
  /** Of a split its two parts, of a merge the two that come before. */
  readonly parts?: readonly Omit<Plot, 'kind' | 'parts'>[];
}

const burst = (posts: number, rise = 1.5, fall = 7): Course => ({ rise, fall, posts });

export const PLOTS: readonly Plot[] = [
  {
    name: 'house fire',
    kind: 'burst',
    course: burst(130),
    scenes: [
      { actor: 'man', count: 1, relation: 'front', object: 'burning', place: 'street', time: 'night' },
      { actor: 'firetruck', count: 1, relation: 'next', object: 'burning', place: 'street', time: 'night' },
      { actor: 'firefighter', count: 2, relation: 'front', object: 'burning', place: 'street', time: 'night' },
      { actor: 'woman', count: 1, relation: 'hold', object: 'phone', place: 'park', far: 'smoke' },
      { actor: 'firefighter', count: 1, relation: 'front', object: 'house', place: 'street', weather: 'haze' },
    ],
    says: [
      'flames out of the roof in ~',
      'smoke all over ~',
      'everyone out of the house in ~',
      'stay away from ~',
      'third engine now',
      'ash on my balcony',
      'thank you firefighters',
      'hope nobody is hurt',
    ],
    tag: 'fire',
    opinion: -0.3,
  },
  {
    name: 'flood',
    kind: 'long',
    course: { rise: 16, fall: 34, posts: 320 },
    scenes: [
      { actor: 'car', count: 2, place: 'flood', weather: 'rain' },
      { actor: 'firefighter', count: 2, relation: 'in', object: 'boat', place: 'flood', weather: 'rain' },
      { actor: 'grandmother', count: 1, relation: 'in', object: 'boat', place: 'flood', weather: 'rain' },
      { actor: 'car', count: 1, relation: 'next', object: 'house', place: 'flood', weather: 'rain' },
      { actor: 'firefighter', count: 1, relation: 'in', object: 'boat', place: 'flood', far: 'helicopter' },
    ],
    says: [
      'the river is in ~',
      'cellar under water',
      'sandbags needed at ~',
      'gauge still rising',
      'bridge closed',
      'boats in our street',
      'they evacuate lower ~',
      'water at the windows',
    ],
    tag: 'flood',
    opinion: -0.35,
  },
  {
    name: 'crash',
    kind: 'burst',
    course: burst(90, 0.7, 6),
    scenes: [
      { actor: 'policecar', count: 1, relation: 'next', object: 'crash', place: 'street' },
      { actor: 'ambulance', count: 1, relation: 'next', object: 'crash', place: 'street' },
      { actor: 'doctor', count: 2, relation: 'front', object: 'crash', place: 'street' },
      { actor: 'officer', count: 1, relation: 'next', object: 'crash', place: 'street' },
    ],
    says: [
      'crash at ~ exit',
      'ring road closed at ~',
      'two cars into each other',
      'ambulances everywhere',
      'stuck for an hour',
      'avoid ~',
      'police waves us round',
    ],
    tag: 'crash',
    opinion: -0.25,
  },
  {
    name: 'cup final',
    kind: 'spike',
    course: { rise: 0.3, fall: 1.2, posts: 110, begins: [19, 21] },
    scenes: [
      {
        actor: 'woman',
        count: 1,
        relation: 'kick',
        object: 'football',
        second: { actor: 'people', relation: 'watch' },
        place: 'stadium',
        time: 'night',
      },
      { actor: 'people', count: 'many', relation: 'hold', object: 'flag', place: 'stadium', time: 'night' },
      {
        actor: 'woman',
        count: 2,
        relation: 'hold',
        object: 'trophy',
        place: 'stadium',
        time: 'night',
        far: 'fireworks',
      },
    ],
    says: [
      'GOAL',
      'what a header',
      'we won the cup',
      'never offside',
      'champions of ~',
      'the whole bar is jumping',
      'robbed by the referee',
      'sing for ~',
    ],
    tag: 'final',
    opinion: 0.35,
  },
  {
    name: 'rent protest',
    kind: 'slow',
    course: { rise: 30, fall: 6, posts: 280, begins: [11, 15] },
    scenes: [
      { actor: 'people', count: 'many', relation: 'hold', object: 'sign', place: 'square' },
      { actor: 'woman', count: 1, relation: 'hold', object: 'megaphone', place: 'square' },
      { actor: 'people', count: 'many', relation: 'hold', object: 'flag', place: 'street' },
      { actor: 'grandmother', count: 'many', relation: 'hold', object: 'sign', place: 'square' },
      { actor: 'people', count: 'many', relation: 'hold', object: 'candle', place: 'square', time: 'night' },
    ],
    says: [
      'rents in ~ are theft',
      'more people every hour',
      'we are not leaving',
      'my landlord shakes',
      'homes not profits',
      'bring your grandmother',
      'the square is full',
      'listen to us',
    ],
    tag: 'rentstrike',
    opinion: -0.1,
    turns: 0.25,
  },
  {
    name: 'elephant at large',
    kind: 'small',
    course: { rise: 0.5, fall: 3, posts: 26 },
    scenes: [
      { actor: 'elephant', count: 1, place: 'street' },
      { actor: 'officer', count: 2, relation: 'next', object: 'truck', place: 'street' },
    ],
    says: [
      'an elephant in ~',
      'it got out of the circus truck',
      'police tries to catch it',
      'it eats the flowers of ~',
      'run',
    ],
    tag: 'elephant',
    opinion: 0.15,
  },
  {
    name: 'festival',
    kind: 'big',
    course: { rise: 3, fall: 5, posts: 420, begins: [17, 19] },
    scenes: [
      {
        actor: 'woman',
        count: 1,
        relation: 'hold',
        object: 'microphone',
        second: { actor: 'people', relation: 'watch' },
        place: 'stage',
        time: 'night',
      },
      {
        actor: 'man',
        count: 2,
        relation: 'hold',
        object: 'guitar',
        second: { actor: 'people', relation: 'watch' },
        place: 'stage',
        time: 'night',
      },
      {
        actor: 'man',
        count: 2,
        relation: 'hold',
        object: 'trumpet',
        second: { actor: 'people', relation: 'watch' },
        place: 'stage',
        time: 'night',
      },
      { actor: 'people', count: 'many', place: 'stage', time: 'night', far: 'fireworks' },
    ],
    says: [
      'best concert ever',
      'front row at ~',
      'they play it',
      'encore',
      'ears are ringing',
      'I love this band',
      'fireworks over ~',
      'too loud for my grandmother',
    ],
    tag: 'fest',
    opinion: 0.5,
  },
  {
    name: 'lost astronaut',
    kind: 'drift',
    course: { rise: 20, fall: 22, posts: 170 },
    scenes: [
      { actor: 'astronaut', count: 1, place: 'desert' },
      { actor: 'astronaut', count: 2, relation: 'next', object: 'tent', place: 'desert' },
      { actor: 'doctor', count: 2, relation: 'next', object: 'ambulance', place: 'desert' },
      { actor: 'astronaut', count: 1, relation: 'hold', object: 'flowers', place: 'stage' },
    ],
    says: [
      'the capsule landed in ~',
      'where is the crew',
      'rescue on its way to ~',
      'they are found',
      'safe and well',
      'heroes',
      'welcome home',
    ],
    tag: 'capsule',
    opinion: -0.1,
    turns: 0.5,
  },
  {
    name: 'tax rumour',
    kind: 'textual',
    course: burst(90, 2, 9),
    scenes: [{ actor: 'man', count: 1, relation: 'hold', object: 'briefcase', place: 'square' }],
    says: [
      'a tax on bicycles in ~',
      'is it true about the bicycle tax',
      'mayor says there is no tax',
      'who started the bicycle tax story',
      'first the parking, now bicycles',
      'fake news from ~',
    ],
    tag: 'biketax',
    opinion: -0.3,
  },
  {
    name: 'storm',
    kind: 'split',
    course: { rise: 1.2, fall: 2.8, posts: 100, begins: [13, 17] },
    scenes: [
      { actor: 'man', count: 1, relation: 'under', object: 'umbrella', place: 'street', weather: 'storm' },
      { actor: 'tree', count: 1, place: 'park', weather: 'storm' },
      { actor: 'car', count: 2, place: 'street', weather: 'storm' },
    ],
    says: [
      'storm over ~',
      'the wind took my umbrella',
      'roof tiles in the street',
      'hail like eggs',
      'stay inside',
      'thunder',
    ],
    tag: 'storm',
    opinion: -0.2,
    parts: [
      {
        name: 'blackout',
        course: burst(95, 1.3, 8),
        scenes: [
          { actor: 'woman', count: 1, relation: 'hold', object: 'candle', place: 'street', time: 'night' },
          { actor: 'people', count: 'many', relation: 'hold', object: 'candle', place: 'square', time: 'night' },
          { actor: 'builder', count: 2, relation: 'next', object: 'truck', place: 'street', time: 'night' },
        ],
        says: [
          'no power in ~ since the storm',
          'whole block is dark',
          'freezer is melting',
          'anyone know how long',
          'candles it is',
          'lights out in ~',
        ],
        tag: 'blackout',
        opinion: -0.35,
      },
      {
        name: 'clean-up',
        course: burst(90, 3, 12),
        scenes: [
          { actor: 'builder', count: 2, relation: 'next', object: 'tree', place: 'park' },
          { actor: 'farmer', count: 1, relation: 'next', object: 'tractor', place: 'park' },
          { actor: 'truck', count: 1, relation: 'next', object: 'tree', place: 'street' },
        ],
        says: [
          'cleaning up ~ park',
          'so many trees down',
          'neighbours with saws',
          'bring gloves to ~',
          'thank you volunteers',
          'the old oak is gone',
        ],
        tag: 'cleanup',
        opinion: 0.3,
      },
    ],
  },
  {
    name: 'joint rally',
    kind: 'merge',
    course: { rise: 0.8, fall: 3.5, posts: 120, begins: [9, 10] },
    scenes: [
      {
        actor: 'doctor',
        count: 1,
        relation: 'hold',
        object: 'flag',
        second: { actor: 'farmer', relation: 'hold', object: 'sign' },
        place: 'square',
      },
      { actor: 'people', count: 'many', relation: 'hold', object: 'sign', place: 'square' },
      { actor: 'tractor', count: 2, place: 'square' },
    ],
    says: [
      'doctors and farmers together in ~',
      'one square one voice',
      'never seen so many',
      'both marches are here',
      'together',
      'history in ~',
    ],
    tag: 'together',
    opinion: 0.3,
    parts: [
      {
        name: 'doctors march',
        course: { rise: 1.6, fall: 0.8, posts: 85, begins: [9, 10] },
        scenes: [
          { actor: 'doctor', count: 'many', relation: 'hold', object: 'sign', place: 'street' },
          { actor: 'doctor', count: 3, place: 'street' },
        ],
        says: [
          'doctors march from the hospital',
          'care needs time',
          'white coats all over ~',
          'tired but here',
          'more staff now',
        ],
        tag: 'whitecoats',
        opinion: 0.1,
      },
      {
        name: 'farmers march',
        course: { rise: 1.4, fall: 0.9, posts: 85, begins: [9, 10] },
        scenes: [
          { actor: 'tractor', count: 3, place: 'street' },
          { actor: 'farmer', count: 'many', relation: 'hold', object: 'sign', place: 'street' },
        ],
        says: ['tractors roll into ~', 'no farms no food', 'farmers at the gate', 'horns since six', 'fair prices'],
        tag: 'nofarms',
        opinion: -0.1,
      },
    ],
  },
  {
    name: 'light show',
    kind: 'recurring',
    course: { rise: 0.6, fall: 1.2, posts: 65, begins: [20, 20.5] },
    scenes: [
      { actor: 'people', count: 'many', place: 'beach', time: 'night', far: 'fireworks' },
      { actor: 'girl', count: 1, relation: 'next', object: 'wheel', place: 'beach', time: 'night' },
      {
        actor: 'people',
        count: 'many',
        relation: 'front',
        object: 'castle',
        place: 'mountains',
        time: 'night',
        far: 'fireworks',
      },
    ],
    says: ['light show over ~', 'the sky dances', 'drones like a whale', 'again tomorrow', 'magic', 'my neck hurts'],
    tag: 'lights',
    opinion: 0.55,
  },
  {
    name: 'penguins ashore',
    kind: 'burst',
    course: burst(110, 2.5, 10),
    scenes: [
      { actor: 'people', count: 'many', relation: 'front', object: 'tent', place: 'beach' },
      { actor: 'penguin', count: 'many', place: 'beach' },
      { actor: 'doctor', count: 1, relation: 'next', object: 'boat', place: 'beach' },
    ],
    says: [
      'penguins on ~ beach',
      'where do they come from',
      'keep your dogs away',
      'vets are counting them',
      'so cute',
      'volunteers needed at ~',
    ],
    tag: 'penguins',
    opinion: 0.4,
  },
  {
    name: 'forest fire',
    kind: 'twin',
    course: burst(110, 1.2, 8),
    scenes: [
      { actor: 'firetruck', count: 2, place: 'forest', weather: 'haze' },
      { actor: 'firefighter', count: 2, relation: 'next', object: 'fire', place: 'forest' },
      { actor: 'firefighter', count: 3, relation: 'front', object: 'fire', place: 'forest', weather: 'haze' },
      { actor: 'man', count: 2, relation: 'behind', object: 'car', place: 'mountains', far: 'smoke' },
    ],
    says: [
      'the woods of ~ burn',
      'wind drives it to ~',
      'we packed the car',
      'planes with water over ~',
      'can not see the sun',
      'ash like snow in ~',
    ],
    tag: 'forestfire',
    opinion: -0.4,
  },
];

/** Where it can happen. */
export const NAMES_OF_PLACES: readonly string[] = [
  'Altwasser',
  'Mill Street',
  'Lindenpark',
  'Harbour Gate',
  'Nordend',
  'Old Quarry',
  'Saint Elm',
  'Brickfield',
  'Vale Road',
  'Westerbridge',
  'Kingsmead',
  'Foxhollow',
  'Riverside',
  'Eastmoor',
  'Cannon Row',
  'Halden',
  'Birch Hill',
  'Marlow Square',
  'Tannery Lane',
  'Seven Oaks',
];
