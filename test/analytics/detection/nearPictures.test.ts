import { describe, expect, it } from '@jest/globals';
import { createNearPictures } from '../../../src/analytics/detection/nearPictures.js';
import { HOUR } from '../../../src/analytics/detection/tuning.js';

describe('near pictures', () => {
  it('are one up to six bits, and none from seven on', () => {
    const pictures = createNearPictures();
    expect(pictures.keyOf('ffffffffffffffff', 'a', 0)).toBe('a');
    expect(pictures.keyOf('fffffffffffffff0', 'b', 0)).toBe('a');
    expect(pictures.keyOf('fcffffffffffff0f', 'c', 0)).toBe('a');
    expect(pictures.keyOf('ffffffffffffff80', 'd', 0)).toBe('d');
  });

  it('are looked for among those of three days, which do not follow one another away', () => {
    const pictures = createNearPictures();
    pictures.keyOf('0000000000000000', 'first', 0);
    expect(pictures.keyOf('000000000000003f', 'near', HOUR)).toBe('first');
    // Near to the near one alone.
    expect(pictures.keyOf('0000000000000fff', 'far', HOUR)).toBe('far');
    expect(pictures.keyOf('0000000000000000', 'again', 73 * HOUR)).toBe('again');
    pictures.forget(200 * HOUR);
    expect(pictures.keyOf('0000000000000000', 'last', 200 * HOUR)).toBe('last');
  });
});
