// What a city posts when nothing happens: everyday topics at their hours, and a lot about nothing.
import { factsOf } from '../training/scenes/facts.js';
import { randomOf } from '../training/scenes/random.js';
import { awake, HOUR, tide } from './course.js';
import { type Draft, factsAt, pictureKey } from './draft.js';
import type { Span } from './happenings.js';
import { TOPICS } from './topics.js';
import { authorName, chat, feelingOf, say } from './voices.js';

/** Share of the posts that are about nothing, and share of these without a picture. */
const ABOUT_NOTHING = 0.45;
const BARE = 0.14;
/** Posts of a person: some write a lot. */
const POSTS_EACH = 3;

/** `count` posts in the order of time. */
export function ordinary({ seed, start, end }: Span, count: number): Draft[] {
  const random = randomOf('ordinary', seed);
  const people = Math.max(20, Math.round(count / POSTS_EACH));
  const times: number[] = [];
  while (times.length < count) {
    const at = Math.floor(random.between(start, end));
    if (random.next() < awake(at)) times.push(at);
  }
  const shares = new Map<number, Record<string, number>>();
  return times
    .sort((a, b) => a - b)
    .map((at, index): Draft => {
      const author = authorName(10_000_000 + Math.floor(people * random.next() ** 2));
      const key = pictureKey(random);
      if (random.chance(ABOUT_NOTHING)) {
        const facts = factsOf({ seed, split: 'train', domain: 'calm', index });
        const text = chat(random);
        // Without text there has to be a picture.
        const picture = text !== '' && random.chance(BARE) ? null : { key, facts };
        return { at, author, text, picture, feeling: 'neither' };
      }
      const hour = Math.floor(at / HOUR);
      if (!shares.has(hour)) {
        const now = TOPICS.map(({ name, share, rhythm }) => [name, share * tide(rhythm, at)] as const);
        shares.set(hour, Object.fromEntries(now));
      }
      const drawn = random.weighted(shares.get(hour)!);
      const topic = TOPICS.find(({ name }) => name === drawn)!;
      const feeling = feelingOf(0.35, random);
      const text = say(topic.words, null, feeling, random);
      const picture = { key, facts: factsAt(random.pick(topic.scenes), at, random) };
      return { at, author, text, picture, feeling, topic: topic.name };
    });
}
