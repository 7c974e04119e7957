import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../src/config.js';
import { AppError } from '../src/errors.js';

describe('readConfig', () => {
  it('names every wrong variable at once', () => {
    expect(() => readConfig({ HOTLENS_PORT: 'x', HOTLENS_BATCH_SIZE: '0' })).toThrow(
      /HOTLENS_PORT.*HOTLENS_BATCH_SIZE/,
    );
    for (const wrong of ['x', '1.5', '-1', '1e30', 'Infinity']) {
      expect(() => readConfig({ HOTLENS_PORT: wrong })).toThrow(
        'bad configuration: HOTLENS_PORT: expected a whole number from 0 to 65535',
      );
    }
    expect(() => readConfig({ HOTLENS_DEVICE: 'tpu' })).toThrow(AppError);
  });

  it('takes an empty variable as unset', () => {
    expect(readConfig({ DATABASE_URL: '' }).databaseUrl).toBeUndefined();
  });

  it('reads how long posts are kept, and says what is wrong with it', () => {
    const day = 86_400_000;
    expect(readConfig({}).retention).toEqual({ ms: null, sources: [] });
    expect(readConfig({ HOTLENS_RETENTION: ' 90d , bluesky=36h,archive = keep' }).retention).toEqual({
      ms: 90 * day,
      sources: [
        { source: 'bluesky', ms: 1.5 * day },
        { source: 'archive', ms: null },
      ],
    });
    for (const [text, reason] of [
      ['90', 'got "90"'],
      ['0d', 'got "0d"'],
      ['=3d', 'got "=3d"'],
      ['a=3d,', 'got ""'],
      ['a=b=3d', 'got "a=b=3d"'],
      ['3d,4d', 'the span of all sources is given twice'],
      ['a=3d,a=keep', 'a is given twice'],
    ] as const)
      expect(() => readConfig({ HOTLENS_RETENTION: text })).toThrow(reason);
  });
});
