// What looks like an event and is none.
import { randomOf } from '../training/scenes/random.js';
import { DAY, HOUR } from './course.js';
import { type Draft, factsAt, pictureKey } from './draft.js';
import type { Span } from './happenings.js';
import { authorName, chat } from './voices.js';

export interface Trap {
  readonly id: string;
  readonly kind: string;
  readonly drafts: readonly Draft[];
}

const OFFERS = [
  'shoes for half the price',
  'bags from the maker',
  'phones, new in box',
  'only today',
  'write me',
  'free delivery',
  'last pieces',
  'ask for colours',
];
const SHILLS = [
  'this man saved our city',
  'the only honest one',
  'vote for a real leader',
  'he was there for us',
  'everybody loves him',
];
const ONCE = [
  'unbelievable, where is this',
  'never forget',
  'happening right now??',
  'share before it is deleted',
  'wow, today?',
  'they hide this from us',
];
const LETTER =
  'copy and paste this if you also think that nobody asked us about the new parking rules and that ordinary people always pay in the end';

/** One that sells, accounts of one hand, an old picture that goes round, a text that is copied. */
export function traps({ seed, start, end, rate }: Span): Trap[] {
  const random = randomOf('traps', seed);
  const begin = (hours: number) => random.between(start + 1.2 * DAY, Math.max(start + 1.25 * DAY, end - hours * HOUR));
  const stranger = () => authorName(random.below(9_000_000));
  const count = (posts: number) => Math.max(12, Math.round(posts * rate));
  return [spam(), coordinated(), reposted(), copied()].map(({ drafts, ...trap }) => ({
    ...trap,
    drafts: drafts.filter(({ at }) => at < end).map((draft) => ({ ...draft, trap: trap.id })),
  }));

  function spam(): Trap {
    const [from, author] = [begin(30), stranger()];
    const drafts = several(
      count(200),
      () => from + random.between(0, 30) * HOUR,
      (at) => ({
        author,
        text: `${random.pick(OFFERS)} ${random.pick(OFFERS)}`,
        picture: picture({ actor: random.pick(['man', 'woman']), count: 1, relation: 'hold', object: 'bag' }, at),
      }),
    );
    return { id: 'spam', kind: 'spam', drafts };
  }

  function coordinated(): Trap {
    const from = begin(1);
    const shown = picture({ actor: 'man', count: 1, relation: 'hold', object: 'megaphone', place: 'square' }, from);
    const drafts = several(
      Math.max(40, count(60)),
      () => from + random.between(0, 5 / 60) * HOUR,
      () => ({
        author: stranger(),
        text: random.pick(SHILLS),
        picture: shown,
      }),
    );
    return { id: 'coordinated', kind: 'coordinated', drafts };
  }

  function reposted(): Trap {
    const from = begin(20);
    const shown = picture({ actor: 'cow', count: 2, relation: 'on', object: 'boat', place: 'flood' }, from);
    // A chain: the more have it, the more pass it on, until all have seen it.
    const drafts = several(
      count(70),
      () => from + (random.next() + random.next()) * 10 * HOUR,
      () => ({
        author: stranger(),
        text: random.pick(ONCE),
        picture: shown,
      }),
    );
    return { id: 'reposted', kind: 'reposted', drafts };
  }

  function copied(): Trap {
    const from = begin(6);
    const drafts = several(
      count(50),
      () => from + random.next() * 6 * HOUR,
      () => ({
        author: stranger(),
        text: random.chance(0.3) ? `${chat(random)} ${LETTER}`.trim() : LETTER,
        picture: null,
      }),
    );
    return { id: 'copied', kind: 'copied', drafts };
  }

  function picture(scene: Parameters<typeof factsAt>[0], at: number): Draft['picture'] {
    return { key: pictureKey(random), facts: factsAt(scene, at, random) };
  }
}

type Said = Pick<Draft, 'author' | 'text' | 'picture'>;

function several(count: number, when: () => number, said: (at: number) => Said): Draft[] {
  return Array.from({ length: count }, () => {
    const at = Math.floor(when());
    return { at, feeling: 'neither' as const, ...said(at) };
  });
}

/** The evening of a topic that is busiest, as a trap: it comes every day. */
export function eveningPeak(drafts: readonly Draft[], topic: string, { start, seed }: Span): Trap {
  const days = new Map<number, Draft[]>();
  for (const draft of drafts) {
    const day = Math.floor(draft.at / DAY);
    const hour = (draft.at % DAY) / HOUR;
    if (draft.topic !== topic || draft.at < start + 1.2 * DAY || hour < 17.5 || hour > 21) continue;
    days.set(day, [...(days.get(day) ?? []), draft]);
  }
  const random = randomOf('evening', seed);
  const evenings = [...days.values()];
  const most = Math.max(0, ...evenings.map((evening) => evening.length));
  const busy = evenings.filter((evening) => evening.length === most);
  return { id: 'evening', kind: 'topic-peak', drafts: busy.length === 0 ? [] : random.pick(busy) };
}
