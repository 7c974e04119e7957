import { describe, expect, it } from '@jest/globals';
import { createVocabulary } from '../../../src/analytics/detection/vocabulary.js';

describe('a word', () => {
  it('is as usual as it was before a hotspot, however much of it the hotspot takes out of the background', () => {
    const vocabulary = createVocabulary();
    const omg = vocabulary.word('text', 'omg');
    for (let post = 0; post < 200; post += 1) {
      vocabulary.use([omg], post);
      vocabulary.count([omg], 10);
    }
    const past = { number: 100, words: { caption: 0, text: 400, whole: 0 } };
    // A hundred of four hundred words, and what is taken to be there before anything is said.
    expect(vocabulary.before(omg, past)).toBeCloseTo((100 + 0.5) / (400 + 2000), 12);
    // The hotspot takes all posts from 100 on.
    for (let post = 100; post < 200; post += 1) vocabulary.count([omg], -9);
    expect(vocabulary.before(omg, past)).toBeCloseTo((100 + 0.5) / (400 + 2000), 12);
    expect(vocabulary.before(omg, { ...past, number: 0, words: { ...past.words, text: 0 } })).toBeCloseTo(
      0.5 / 2000,
      12,
    );
  });
});
