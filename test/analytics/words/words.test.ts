import { describe, expect, it } from '@jest/globals';
import { backgroundOf, keywordsOf, type SpokenPost } from '../../../src/analytics/words/keywords.js';
import { phrasesOf } from '../../../src/analytics/words/phrases.js';
import { titleOf } from '../../../src/analytics/words/title.js';
import { whatIsNew } from '../../../src/analytics/words/whatIsNew.js';

const post = (i: number, caption: string, text = ''): SpokenPost => ({
  caption,
  text,
  author: `a${i}`,
  piece: `p${i}`,
});
const everyday = backgroundOf(
  Array.from({ length: 200 }, (_, i) =>
    post(
      i,
      ['a dog in a park', 'a cup of coffee on a table', 'a street at night'][i % 3]!,
      ['so nice', 'again'][i % 2],
    ),
  ),
);
const FIRE = [
  'a burning house on a street at night',
  'smoke over a burning house',
  'firefighters in front of a burning house',
  'a fire engine on a street',
  'people watching a burning house',
];
const fire = Array.from({ length: 20 }, (_, i) =>
  post(i, FIRE[i % FIRE.length]!, i % 2 === 0 ? '#millstreet so sad' : 'Mill Street burns'),
);

describe('phrasesOf', () => {
  it('takes runs of one to three words that begin and end with a word that says something', () => {
    expect(phrasesOf('The river is rising. Stay safe!').map(({ text }) => text)).toEqual([
      'river',
      'river is rising',
      'rising',
      'Stay',
      'Stay safe',
      'safe',
    ]);
    expect(phrasesOf('#CupFinal https://x.y @ann 2026').map(({ key }) => key)).toEqual(['#cupfinal']);
  });
});

describe('keywordsOf', () => {
  it('finds what tells the hotspot, each saying something new', () => {
    const found = keywordsOf(fire, everyday, { count: 6 }).map(({ text }) => text);
    expect(found[0]).toBe('burning house');
    expect(found.join(', ')).toMatch(/mill ?street/i);
    expect(found).not.toContain('house');
    expect(found).not.toContain('street at night');
  });

  it('counts one author, and one picture, once', () => {
    const loud = [
      ...fire,
      ...Array.from({ length: 100 }, () => ({ ...post(99, 'buy cheap watches'), author: 'spam' })),
    ];
    expect(keywordsOf(loud, everyday, { count: 20 }).some(({ text }) => text.includes('watches'))).toBe(false);
  });

  it('says nothing of nothing', () => {
    expect(keywordsOf([], everyday, { count: 5 })).toEqual([]);
    expect(keywordsOf([post(1, 'one alone')], everyday, { count: 5 })).toEqual([]);
  });
});

describe('titleOf', () => {
  const keywords = keywordsOf(fire, everyday, { count: 8 });

  it('is a short sentence about the hotspot', () => {
    const title = titleOf(fire, keywords, null)!;
    expect(title).toMatch(/burning house/i);
    expect(title.charAt(0)).toBe(title.charAt(0).toUpperCase());
    expect(title.split(' ').length).toBeLessThanOrEqual(12);
  });

  it('stays while it says nearly as much, and goes when it does not', () => {
    const title = titleOf(fire, keywords, null)!;
    expect(titleOf([...fire, post(50, 'smoke over a roof')], keywords, title)).toBe(title);
    expect(titleOf(fire, keywords, 'A dog in a park')).toBe(title);
    expect(titleOf([], [], 'Something')).toBe('Something');
    expect(titleOf([], [], null)).toBeNull();
  });
});

describe('whatIsNew', () => {
  it('tells what the last hour says and nobody said before', () => {
    const recent = Array.from({ length: 12 }, (_, i) =>
      post(100 + i, 'a burning house', i % 2 === 0 ? 'roof collapsed' : ''),
    );
    const found = whatIsNew(recent, fire, { background: everyday, count: 3 });
    expect(found[0]).toMatchObject({ text: 'roof collapsed', now: 6, before: 0 });
    expect(found.some(({ text }) => text.includes('burning'))).toBe(false);
    expect(whatIsNew(fire.slice(0, 8), fire, { background: everyday, count: 3 })).toEqual([]);
  });
});
