// What people write: few words, names of places, tags, feelings, mistakes.
import { type Random, randomOf } from '../training/scenes/random.js';

export type Feeling = 'against' | 'neither' | 'for';

/** What anybody says at any time, of anything. */
const FILLERS: readonly string[] = [
  'lol',
  'so true',
  'no words',
  'today',
  'just now',
  'again',
  'wow',
  'hm',
  'this',
  'look at this',
  'can you believe it',
  'sorry for the quality',
  'mood',
  'thoughts',
  'good morning',
  'good night',
  'here we go',
  'and now',
  'ok then',
  'omg',
  '👀',
  '✨',
  '😅',
  '🙃',
];
const EVERYDAY_TAGS: readonly string[] = [
  '#nofilter',
  '#today',
  '#city',
  '#life',
  '#weekend',
  '#instagood',
  '#fyp',
  '#photo',
];
/** What opinion sounds like: against, neither, and for. */
const FEELINGS: Readonly<Record<Feeling, readonly string[]>> = {
  against: [
    'this is awful',
    'so sad',
    'I am scared',
    'unbelievable mess',
    'shame',
    'terrible',
    'I hate this',
    'angry',
    'heartbreaking',
    '😡',
    '😢',
    'worst day',
  ],
  neither: ['just saw this', 'live', 'right now', 'from my window', 'on my way', 'more later', 'here', 'again'],
  for: [
    'love it',
    'amazing',
    'so happy',
    'thank you all',
    'great people',
    'beautiful',
    'best thing today',
    '😍',
    '🎉',
    '👏',
    'proud',
    'what a joy',
  ],
};

const FIRST_NAMES: readonly string[] = [
  'aki',
  'ben',
  'carla',
  'dora',
  'emil',
  'fatou',
  'gus',
  'hana',
  'ines',
  'jo',
  'kofi',
  'lena',
  'milo',
  'noor',
  'otto',
  'pia',
  'quim',
  'rosa',
  'sven',
  'tariq',
  'uma',
  'vito',
  'wanda',
  'xavi',
  'yuki',
  'zora',
];

/** A name that no other number gives. */
export function authorName(number: number): string {
  const random = randomOf('author', number);
  return `${random.pick(FIRST_NAMES)}${random.pick(['', '.', '_'])}${100 + number}`;
}

/** What somebody feels of an event whose mean opinion is `opinion`, -1 to 1: two in five say nothing of it. */
export function feelingOf(opinion: number, random: Random): Feeling {
  if (random.chance(0.4)) return 'neither';
  return random.chance(Math.min(Math.max(0.5 + 0.8 * opinion, 0.04), 0.96)) ? 'for' : 'against';
}

/** What a post of an event or topic says. May be empty: the picture speaks. */
export function say(says: readonly string[], tag: string | null, feeling: Feeling, random: Random): string {
  if (feeling === 'neither' && random.chance(0.18)) return tag !== null && random.chance(0.4) ? `#${tag}` : '';
  const parts = [
    random.chance(0.85) ? random.pick(says) : random.pick(FILLERS),
    feeling === 'neither' && random.chance(0.6) ? '' : random.pick(FEELINGS[feeling]),
    tag !== null && random.chance(0.3) ? `#${tag}` : random.chance(0.1) ? random.pick(EVERYDAY_TAGS) : '',
  ];
  return spoken(parts.filter((part) => part !== '').join(' '), random);
}

/** What a post says that is about nothing. */
export function chat(random: Random): string {
  if (random.chance(0.2)) return '';
  const parts = [random.pick(FILLERS), random.chance(0.3) ? random.pick(FEELINGS.neither) : ''];
  if (random.chance(0.25)) parts.push(random.pick(EVERYDAY_TAGS));
  return spoken(parts.filter((part) => part !== '').join(' '), random);
}

/** As it comes out: some shout, some swap two letters. */
function spoken(text: string, random: Random): string {
  if (random.chance(0.05)) return text.toUpperCase();
  if (!random.chance(0.06) || text.length < 6) return text;
  const at = 1 + random.below(text.length - 3);
  const [left, right] = [text[at]!, text[at + 1]!];
  // Letters only: emoji are pairs that must stay together.
  return /^[a-z]{2}$/.test(left + right) ? text.slice(0, at) + right + left + text.slice(at + 2) : text;
}
