// What a simulated city talks about every day: scenes, words, hours of the day and days of the week.
import type { Facts } from '../training/scenes/facts.js';

export interface Rhythm {
  /** Hours of the day at which it peaks, and how wide the peaks are. */
  readonly peaks: readonly number[];
  readonly width: number;
  /** How much of it there is on Saturdays and Sundays, against other days. */
  readonly weekend: number;
}

export interface Topic {
  readonly name: string;
  readonly share: number;
  readonly rhythm: Rhythm;
  readonly scenes: readonly Partial<Facts>[];
  readonly words: readonly string[];
}

const at = (peaks: readonly number[], width: number, weekend: number): Rhythm => ({ peaks, width, weekend });

export const TOPICS: readonly Topic[] = [
  {
    name: 'pets',
    share: 3,
    rhythm: at([9, 19], 4, 1.2),
    scenes: [
      { actor: 'dog', count: 1, place: 'park' },
      { actor: 'cat', count: 1, relation: 'on', object: 'car', place: 'street' },
      { actor: 'cat', count: 2, relation: 'under', object: 'tree', place: 'park' },
      { actor: 'dog', count: 3, place: 'beach' },
      { actor: 'duck', count: 2, place: 'park' },
    ],
    words: [
      'good boy',
      'he found a stick',
      'who is the boss here',
      'nap time',
      'zoomies',
      'that face',
      'judging me again',
      'best friend',
    ],
  },
  {
    name: 'birthdays',
    share: 1.2,
    rhythm: at([16, 20], 2.5, 2),
    scenes: [
      { actor: 'boy', count: 1, relation: 'hold', object: 'cake', place: 'park' },
      { actor: 'girl', count: 1, relation: 'wear', object: 'crown', place: 'park' },
      { actor: 'woman', count: 1, relation: 'hold', object: 'balloon', place: 'park' },
      { actor: 'grandmother', count: 1, relation: 'hold', object: 'gift', place: 'street' },
    ],
    words: [
      'happy birthday',
      'already five',
      'cake o clock',
      'party time',
      'make a wish',
      'another year',
      'surprise worked',
    ],
  },
  {
    name: 'food',
    share: 2.5,
    rhythm: at([12.5, 19], 1.5, 1.1),
    scenes: [
      { actor: 'man', count: 1, relation: 'hold', object: 'pizza', place: 'street' },
      { actor: 'chef', count: 1, place: 'street' },
      { actor: 'girl', count: 2, relation: 'hold', object: 'icecream', place: 'beach' },
      { actor: 'boy', count: 1, relation: 'hold', object: 'watermelon', place: 'park' },
    ],
    words: [
      'lunch',
      'so hungry',
      'best slice in town',
      'with extra cheese',
      'first ice cream',
      'cooked it myself',
      '10/10',
      'too spicy',
    ],
  },
  {
    name: 'commute',
    share: 2,
    rhythm: at([7.5, 17.5], 1.3, 0.3),
    scenes: [
      { actor: 'bus', count: 1, place: 'street' },
      { actor: 'car', count: 3, place: 'street' },
      { actor: 'man', count: 1, relation: 'ride', object: 'bicycle', place: 'street' },
      { actor: 'taxi', count: 2, place: 'street', weather: 'rain' },
    ],
    words: [
      'late again',
      'standing all the way',
      'green wave today',
      'missed it by a second',
      'podcast it is',
      'full as ever',
      'ring road is slow',
    ],
  },
  {
    name: 'sunset',
    share: 1.6,
    rhythm: at([19.2], 0.8, 1.3),
    scenes: [
      { actor: 'woman', count: 1, place: 'beach', far: 'sailboat' },
      { actor: 'man', count: 2, relation: 'on', object: 'bench', place: 'park' },
      { actor: 'woman', count: 1, relation: 'hold', object: 'camera', place: 'mountains' },
    ],
    words: ['what a sky', 'no filter', 'golden hour', 'look up', 'pink clouds', 'day is done'],
  },
  {
    name: 'holidays',
    share: 1.4,
    rhythm: at([13], 5, 1.8),
    scenes: [
      { actor: 'woman', count: 2, place: 'beach' },
      { actor: 'man', count: 1, relation: 'next', object: 'palm', place: 'beach' },
      { actor: 'woman', count: 1, relation: 'ride', object: 'camel', place: 'desert' },
      { actor: 'man', count: 1, relation: 'front', object: 'tent', place: 'mountains' },
      { actor: 'girl', count: 1, relation: 'under', object: 'umbrella', place: 'beach' },
    ],
    words: ['wish you were here', 'day three', 'never going home', 'sand everywhere', 'finally sun', 'out of office'],
  },
  {
    name: 'sport',
    share: 1.5,
    rhythm: at([18], 3, 1.6),
    scenes: [
      { actor: 'boy', count: 2, relation: 'kick', object: 'football', place: 'park' },
      { actor: 'woman', count: 1, relation: 'ride', object: 'bicycle', place: 'forest' },
      { actor: 'girl', count: 1, relation: 'ride', object: 'scooter', place: 'park' },
    ],
    words: ['new record', 'legs are gone', 'training', 'lost again', 'with the team', 'ten k', 'morning run'],
  },
  {
    name: 'reading',
    share: 1,
    rhythm: at([10, 21], 3, 1.2),
    scenes: [
      { actor: 'grandfather', count: 1, relation: 'hold', object: 'book', place: 'park' },
      { actor: 'woman', count: 1, relation: 'hold', object: 'book', place: 'park' },
      { actor: 'man', count: 1, relation: 'hold', object: 'laptop', place: 'street' },
    ],
    words: ['chapter four', 'no spoilers', 'deadline tomorrow', 'book club', 'quiet day', 'one more page'],
  },
  {
    name: 'night out',
    share: 1.4,
    rhythm: at([22.5], 1.5, 2.2),
    scenes: [
      { actor: 'man', count: 2, relation: 'hold', object: 'guitar', place: 'street', time: 'night' },
      { actor: 'woman', count: 3, place: 'street', time: 'night' },
      { actor: 'woman', count: 1, relation: 'hold', object: 'phone', place: 'square', time: 'night' },
    ],
    words: ['one more', 'this song', 'friday mood', 'who is still up', 'taxi anyone', 'dancing shoes'],
  },
  {
    name: 'sights',
    share: 1.2,
    rhythm: at([11, 15], 3, 1.7),
    scenes: [
      { actor: 'man', count: 1, relation: 'front', object: 'castle', place: 'mountains' },
      { actor: 'woman', count: 2, relation: 'front', object: 'church', place: 'square' },
      { actor: 'girl', count: 1, relation: 'front', object: 'fountain', place: 'square' },
      { actor: 'woman', count: 1, relation: 'front', object: 'statue', place: 'park' },
    ],
    words: [
      'tourist for a day',
      'worth the stairs',
      'history everywhere',
      'look at that',
      'postcard',
      'queue was long',
    ],
  },
];
