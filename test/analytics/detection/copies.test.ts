import { describe, expect, it } from '@jest/globals';
import { createCopies } from '../../../src/analytics/detection/copies.js';
import { HOUR } from '../../../src/analytics/detection/tuning.js';

const TEXT = 'share this before they take it down nobody asked us about the new rules'.split(' ');

describe('copied texts', () => {
  it('are the piece of the first, also with a word more, a mention, or RT before them', () => {
    const copies = createCopies();
    expect(copies.find(TEXT, 'first', 0)).toBeNull();
    expect(copies.find(TEXT, 'second', HOUR)).toBe('first');
    expect(copies.find(['rt', '@someone', ...TEXT], 'third', HOUR)).toBe('first');
    expect(copies.find([...TEXT.slice(1), 'please'], 'fourth', 2 * HOUR)).toBe('first');
  });

  it('are none where more than a fifth differs, where they are short, or long after', () => {
    const copies = createCopies();
    copies.find(TEXT, 'first', 0);
    expect(copies.find([...TEXT.slice(0, 9), 'quite', 'another', 'end', 'of', 'it'], 'other', 0)).toBeNull();
    expect(copies.find(['good', 'morning', 'all'], 'short', 0)).toBeNull();
    expect(copies.find(['good', 'morning', 'all'], 'short again', 0)).toBeNull();
    expect(copies.find(TEXT, 'late', 73 * HOUR)).toBeNull();
  });

  it('are forgotten', () => {
    const copies = createCopies();
    copies.find(TEXT, 'first', 0);
    copies.forget(73 * HOUR);
    // Also for a post that says it is from then.
    expect(copies.find(TEXT, 'second', HOUR)).toBeNull();
  });
});
