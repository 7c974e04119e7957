import { describe, expect, it } from '@jest/globals';
import { wordsOf } from '../../../src/inference/explain/wordsOf.js';

/** Bytes as tokens' texts, decoded as a byte-level tokenizer does; 0 is special. */
const TEXTS: Readonly<Record<number, readonly number[]>> = {
  1: [...Buffer.from('fire')],
  2: [...Buffer.from('fighter')],
  3: [...Buffer.from(' on')],
  4: [...Buffer.from(',')],
  5: [0x20, 0xf0, 0x9f],
  6: [0x94, 0xa5],
  7: [0x20],
};
const tokenizer = {
  decode: (ids: readonly number[]) => Buffer.from(ids.flatMap((id) => TEXTS[id] ?? [])).toString('utf8'),
};
const words = (...ids: number[]) => wordsOf(ids, tokenizer).map(({ text, places }) => [text, ...places]);

describe('wordsOf', () => {
  it('joins the tokens of a word, and punctuation to the word before it', () => {
    expect(words(1, 2, 4, 3)).toEqual([
      ['firefighter,', 0, 1, 2],
      ['on', 3],
    ]);
  });

  it('leaves out tokens without text', () => {
    expect(words(0, 1, 3, 0)).toEqual([
      ['fire', 1],
      ['on', 2],
    ]);
    expect(words(0)).toEqual([]);
    expect(words(1, 7)).toEqual([['fire', 0]]);
    expect(words(1, 7, 2)).toEqual([
      ['fire', 0],
      ['fighter', 2],
    ]);
  });

  it('says where each begins in the trimmed text', () => {
    for (const ids of [
      [1, 2, 4, 3],
      [3, 1, 7, 5, 6, 3],
      [7, 3, 0, 5, 6],
      [1, 5],
    ]) {
      const whole = tokenizer.decode(ids).trim();
      const found = wordsOf(ids, tokenizer);
      expect(found.map(({ text, start }) => whole.slice(start, start + text.length))).toEqual(
        found.map(({ text }) => text),
      );
    }
    expect(wordsOf([3, 1, 3], tokenizer).map(({ start }) => start)).toEqual([0, 7]);
  });

  it('puts a character together whose bytes are in two tokens', () => {
    expect(words(1, 5, 6, 3)).toEqual([
      ['fire', 0],
      ['🔥', 1, 2],
      ['on', 3],
    ]);
  });
});
