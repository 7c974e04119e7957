import { describe, expect, it } from '@jest/globals';
import { isReadable } from '../../../src/analytics/opinion/language.js';
import { opinionOf } from '../../../src/analytics/opinion/opinion.js';
import { compoundOf, partsOf, ratingOf } from '../../../src/analytics/opinion/rating.js';
import { tokensOf } from '../../../src/analytics/opinion/tokens.js';
import { valencesOf } from '../../../src/analytics/opinion/valences.js';

const sum = (text: string) => valencesOf(tokensOf(text)).reduce((a, b) => a + b, 0);

describe('tokensOf', () => {
  const words = (text: string) =>
    tokensOf(text).map(({ word, kind }) => (kind === 'word' || kind === 'emoticon' ? word : kind));

  it('splits as people write', () => {
    expect(words('Sooooo GOOD!!! @ann see https://x.y/z :-)))')).toEqual([
      'soo',
      'good',
      'end',
      'other',
      'see',
      'other',
      ':-)',
    ]);
    expect(words('great...not really,yes')).toEqual(['great', 'end', 'not', 'really', 'comma', 'yes']);
    expect(words('#sadface #fail #happyhour')).toEqual(
      ['sad', 'fail', 'happy'].map((w, i) => (i === 0 ? 'sadface' : w)),
    );
  });
});

describe('valencesOf', () => {
  it('follows VADER where it says nothing else', () => {
    // good 1.9; so 0.293; capitals 0.733; not: times -0.74.
    expect(sum('it is good')).toBeCloseTo(1.9);
    expect(sum('it is so good')).toBeCloseTo(1.9 + 0.293);
    expect(sum('it is GOOD today')).toBeCloseTo(1.9 + 0.733);
    expect(sum('it is not good')).toBeCloseTo(-0.74 * 1.9);
    expect(sum('it is kind of good')).toBeCloseTo(1.9);
    expect(sum('good but bad')).toBeCloseTo(1.9 * 0.5 - 2.5 * 1.5);
    expect(compoundOf(1.9)).toBeCloseTo(0.4404, 4);
  });

  it('lets a negation end with its clause, and turn bad into less than good', () => {
    expect(sum('never! good')).toBeCloseTo(1.9);
    expect(sum('not bad at all')).toBeCloseTo(1.3);
    expect(sum('it isn’t horrible')).toBeCloseTo(0.4 * 2.5);
  });

  it('reads phrases as one', () => {
    expect(sum("I can't wait")).toBeCloseTo(2.2);
    expect(sum('the movie is the bomb')).toBeCloseTo(3);
  });
});

describe('ratingOf', () => {
  it('reads emoji, emoticons and hashtags', () => {
    for (const text of ['😍', ':)', '<3', '#awesome', 'yaaay', '👍🏽'])
      expect([text, ratingOf(text) > 0.3]).toEqual([text, true]);
    for (const text of ['😡', ':(', '#fail', 'uggghhh terrible'])
      expect([text, ratingOf(text) < -0.3]).toEqual([text, true]);
    expect(ratingOf('the bus comes at nine')).toBe(0);
    expect(partsOf('the bus comes at nine')).toBeNull();
  });

  it('says less of news and questions than of exclamations', () => {
    const plain = ratingOf('great show tonight');
    expect(ratingOf('great show tonight https://x.y')).toBeLessThan(plain);
    expect(ratingOf('great show tonight?')).toBeLessThan(plain);
    expect(ratingOf('great show tonight!!')).toBeGreaterThan(plain);
  });

  it('stays within what people can give', () => {
    expect(ratingOf('LOVE love love!!! best greatest amazing awesome 😍😍😍')).toBeLessThanOrEqual(4);
    expect(ratingOf('hate hate hate worst horrible murder!!!')).toBeGreaterThanOrEqual(-4);
  });
});

describe('opinionOf', () => {
  it('gives a score and a class', () => {
    expect(opinionOf('What a wonderful evening!')).toEqual({ score: expect.any(Number), class: 'positive' });
    expect(opinionOf('the trains are late and the people are angry').class).toBe('negative');
    expect(opinionOf('the train leaves at nine')).toEqual({ score: 0, class: 'neutral' });
  });

  it.each([
    'Das ist ja furchtbar, ich kann es nicht glauben',
    'So ein schöner Tag heute am See',
    'quel désastre, le métro est encore en panne',
    'qué vergüenza de gobierno, nadie hace nada',
    'che bella giornata al mare con gli amici',
    'muito bom o show ontem',
    'wat een prachtig weer vandaag',
    'это просто ужас, весь город в дыму',
    'bugün hava çok güzel',
    '今日はとても楽しかった',
    '今天的天气真好',
    '오늘 너무 행복해요',
    'هذا أمر فظيع حقا',
    'okropny korek w centrum miasta',
    'banjir di mana-mana, parah banget',
    'merci',
    '',
    '   ',
    'https://example.org/a',
  ])('does not judge what it can’t read: %s', (text) => {
    expect(opinionOf(text)).toEqual({ score: null, class: 'unknown' });
  });

  it.each([
    'lol',
    'wow',
    'Nice',
    'Bad mood bad mood.',
    '😍',
    ':(',
    'GOAL!!!',
    "I can't even",
    'this is it',
    '#awesome',
  ])('reads English, however short, and what needs no language: %s', (text) => {
    expect(isReadable(text)).toBe(true);
  });
});
