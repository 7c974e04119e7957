import { describe, expect, it } from '@jest/globals';
import { boundedJson, boundedText } from '../../src/access/boundedJson.js';
import { newKey } from '../../src/access/secrets.js';

describe('boundedJson', () => {
  it('keeps what is short as it is', () => {
    const at = new Date('2026-03-01T00:00:00Z');
    expect(boundedJson({ a: 1, b: ['x', null, true], at, n: 12n })).toEqual({
      a: 1,
      b: ['x', null, true],
      at: '2026-03-01T00:00:00.000Z',
      n: '12',
    });
    expect(boundedJson(undefined)).toBeNull();
  });

  it('leaves secrets and bytes out, by their names and by their form', () => {
    const { key } = newKey();
    const value = {
      key,
      secretHash: 'abc',
      text: `my key: ${key}`,
      image: { base64: 'iVBOR' },
      bytes: new Uint8Array(9),
      keyId: 'k',
    };
    expect(boundedJson(value)).toEqual({
      key: '[left out]',
      secretHash: '[left out]',
      text: expect.stringMatching(/^my key: hotlens_[0-9a-f]{12}_\[left out\]$/),
      image: { base64: '[left out]' },
      bytes: '9 bytes',
      keyId: 'k',
    });
  });

  it('is never large, however long, wide or deep the value is', () => {
    const deep = Array.from({ length: 1000 }).reduce<unknown>((inner) => ({ inner }), 'x');
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`n${i}`, 'x'.repeat(10_000)]));
    const long = Array.from({ length: 100_000 }, (_, i) => i);
    for (const value of [deep, wide, long, 'é'.repeat(1e6), [wide, wide]])
      expect(Buffer.byteLength(JSON.stringify(boundedJson(value)))).toBeLessThanOrEqual(16_384);
    expect((boundedJson(long) as unknown[]).slice(-2)).toEqual([49, '… 99950 more']);
  });

  it('holds nothing that the database refuses', () => {
    expect(boundedText('a\0b\ud800c', 10)).toBe('a\ufffdb\ufffdc');
    // A pair is not cut in two.
    expect(boundedText('😀😀', 3)).toBe('😀…');
    expect(JSON.stringify(boundedJson({ 'n\0': '\udc00' }))).toBe('{"n\ufffd":"\ufffd"}');
  });
});
