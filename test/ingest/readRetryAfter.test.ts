import { describe, expect, it } from '@jest/globals';
import { LONGEST_RETRY_AFTER_MS, readRetryAfter } from '../../src/ingest/readRetryAfter.js';

describe('readRetryAfter', () => {
  const now = Date.parse('2026-03-14T15:00:00Z');

  it('reads seconds and HTTP dates, from now', () => {
    expect(readRetryAfter('120', now)).toBe(120_000);
    expect(readRetryAfter(' 0 ', now)).toBe(0);
    expect(readRetryAfter('Sat, 14 Mar 2026 15:01:30 GMT', now)).toBe(90_000);
  });

  it('is never in the past nor further than an hour away, and nothing where it says neither', () => {
    expect(readRetryAfter('Sat, 14 Mar 2026 14:00:00 GMT', now)).toBe(0);
    expect(readRetryAfter('999999999', now)).toBe(LONGEST_RETRY_AFTER_MS);
    for (const value of [undefined, '', 'soon', '-5', '1.5', '2026-03-14'])
      expect(readRetryAfter(value, now)).toBeUndefined();
  });
});
