// Two ordinary days before the sample's: what is unusual shows only against what is usual. Texts made from parts, with the sample's
// everyday pictures.
import { randomOf } from '../../dist/training/scenes/random.js';

const PER_DAY = 110;
/** Share of the posts that show one of the everyday pictures. */
const PICTURED = 0.5;
const EVERYDAY = [
  'beach-noon.jpg',
  'beach-sunset.jpg',
  'beach-upright.jpg',
  'cake-five.jpg',
  'cake-seven.png',
  'cat-car.jpg',
  'cat-house.webp',
  'cat-tree.jpg',
  'desert-camel.jpg',
  'dogs-park.jpg',
  'jam-hills.jpg',
  'park-book.jpg',
  'pizza-astronaut.jpg',
];
const NAMES = [
  'lea',
  'tomasz',
  'ines',
  'marc',
  'yuki',
  'olu',
  'freya',
  'ben',
  'carla',
  'dmitri',
  'noor',
  'pia',
  'sam',
  'ravi',
  'elsa',
  'gus',
];
/** By theme: hours of the day in which it is talked of, openings, and what follows. */
const THEMES = [
  {
    from: 6,
    to: 10,
    say: ['coffee first', 'second coffee already', 'that smell of coffee', 'no milk left'],
    and: ['monday feeling', 'can anyone open a window', 'and the radio on', 'now the day may start'],
  },
  {
    from: 7,
    to: 9.5,
    say: ['bus is late again', 'standing all the way to work', 'missed my train by a second', 'the ring road is slow'],
    and: ['as ever', 'send help', 'at least it is dry', 'podcast it is'],
  },
  {
    from: 11.5,
    to: 14,
    say: ['lunch', 'leftovers for lunch', 'soup of the day', 'the canteen tried something'],
    and: ['not bad at all', 'never again', 'with bread', '10/10', 'in the sun'],
  },
  {
    from: 15,
    to: 18,
    say: ['walked the dog', 'the dog found a stick', 'ten thousand steps', 'legs are gone after that run'],
    and: ['worth it', 'twice the size of him', 'and it is only thursday', 'see you tomorrow, park'],
  },
  {
    from: 17,
    to: 20,
    say: ['what a sunset', 'pink sky tonight', 'look up everyone', 'golden hour'],
    and: ['no filter', 'from the bridge', 'gone in a minute', 'phone can not show it'],
  },
  {
    from: 19,
    to: 23,
    say: ['one more episode', 'who else watches this', 'book club said chapter four', 'board games night'],
    and: ['no spoilers', 'then bed, promise', 'I am at chapter two', 'lost again'],
  },
  {
    from: 8,
    to: 23,
    say: ['anyone selling a bike', 'lost a grey glove', 'is the library open on friday', 'new neighbours moved in'],
    and: ['near the station', 'asking for a friend', 'thanks', 'they have a piano'],
  },
];

/** Rows as of drawSample/posts.js, in the order of their time. `altOf` gives a picture's alt text. */
export function ordinaryPosts(altOf) {
  return ['2026-03-12', '2026-03-13'].flatMap((day) => {
    const random = randomOf('ordinary', day);
    const made = Array.from({ length: PER_DAY }, () => {
      const { from, to, say, and } = random.pick(THEMES);
      const hour = random.between(from, to);
      const author = `${random.pick(NAMES)}${random.pick(['', '_', '.'])}${random.below(60)}`;
      return {
        at: Math.round(hour * 3_600_000),
        author,
        text: `${random.pick(say)}, ${random.pick(and)}`,
        file: random.chance(PICTURED) ? random.pick(EVERYDAY) : null,
      };
    });
    return made
      .sort((a, b) => a.at - b.at)
      .map(({ at, author, text, file }, i) => {
        const id = `${day}-${String(i + 1).padStart(3, '0')}`;
        return {
          source: 'sample',
          id,
          author,
          text,
          language: 'en',
          postedAt: new Date(Date.parse(`${day}T00:00:00Z`) + at).toISOString(),
          url: `https://example.org/posts/${id}`,
          likes: random.below(30),
          reposts: random.below(4),
          replies: random.below(6),
          images:
            file === null
              ? []
              : [{ file: `images/${file}`, ...(altOf(file) === undefined ? {} : { alt: altOf(file) }) }],
        };
      });
  });
}
