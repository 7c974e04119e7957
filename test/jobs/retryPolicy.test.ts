import { describe, expect, it } from '@jest/globals';
import { AppError, FAILURE_KINDS } from '../../src/errors.js';
import { failureKind } from '../../src/jobs/failureKind.js';
import { nextTry, RETRIES } from '../../src/jobs/retryPolicy.js';

describe('nextTry', () => {
  it('doubles the pause with every failure up to the longest, and gives up after the last try', () => {
    const pauses = Array.from({ length: 6 }, (_, index) => nextTry('MEMORY', { failures: index + 1, random: 1 }));
    expect(pauses).toEqual([5000, 10_000, 20_000, 40_000, null, null]);
    const away = [1, 5, 6, 1000].map((failures) => nextTry('DATABASE', { failures, random: 1 }));
    expect(away).toEqual([1000, 16_000, 30_000, 30_000]);
  });

  it('draws half of every pause, so that what failed together does not come back together', () => {
    for (const random of [0, 0.5, 1]) expect(nextTry('OTHER', { failures: 3, random })).toBe(2000 + 2000 * random);
  });

  it('waits as long as the other side asks, and is spread beyond that', () => {
    expect(nextTry('RATE_LIMIT', { failures: 1, retryAfterMs: 60_000, random: 0 })).toBe(60_000);
    expect(nextTry('RATE_LIMIT', { failures: 1, retryAfterMs: 60_000, random: 1 })).toBe(62_000);
    expect(nextTry('SERVER', { failures: 4, retryAfterMs: 1000, random: 0 })).toBe(8000);
  });

  it('never tries again what stays as it is, and never gives up for what every job needs', () => {
    for (const kind of FAILURE_KINDS) {
      const late = nextTry(kind, { failures: 1_000_000, random: 0 });
      expect(late === null).toBe(Number.isFinite(RETRIES[kind].tries));
    }
    for (const kind of ['DECODE', 'REFUSED', 'CRASH'] as const)
      expect(nextTry(kind, { failures: 1, random: 0 })).toBeNull();
  });
});

describe('failureKind', () => {
  const errorWith = (code: string, cause?: unknown) => Object.assign(new Error('x', { cause }), { code });

  it('takes an AppError at its word, then by its code', () => {
    const kind = (code: 'MEDIA_UNAVAILABLE' | 'BAD_IMAGE' | 'NOT_FOUND' | 'INFERENCE_UNAVAILABLE', options = {}) =>
      failureKind(new AppError(code, 'x', options));
    expect(kind('MEDIA_UNAVAILABLE', { retryable: true, kind: 'RATE_LIMIT' })).toBe('RATE_LIMIT');
    expect(kind('BAD_IMAGE')).toBe('DECODE');
    expect(kind('NOT_FOUND')).toBe('REFUSED');
    expect(kind('INFERENCE_UNAVAILABLE', { retryable: true })).toBe('OTHER');
  });

  it('tells a full disk, an absent database and a lack of memory by the codes of the error and its causes', () => {
    expect(failureKind(errorWith('ENOSPC'))).toBe('DISK');
    expect(failureKind(new Error('cannot write', { cause: errorWith('EDQUOT') }))).toBe('DISK');
    // SQLSTATE: administrator's shutdown, too many connections, connection failure; of Prisma: not reached.
    for (const code of ['57P01', '53300', '08006', 'P1001', 'ECONNREFUSED'])
      expect([code, failureKind(errorWith('outer', errorWith(code)))]).toEqual([code, 'DATABASE']);
    expect(failureKind(errorWith('53100'))).toBe('DISK');
    expect(failureKind(new Error('Connection terminated unexpectedly'))).toBe('DATABASE');
    // As Prisma 7 tells of a statement that an administrator's shutdown ended.
    const prisma = 'Invalid `prisma.caption.findUnique()` invocation:\n\nDatabase error. Code: `57P01`. Message: `x`';
    expect(failureKind(errorWith('P2010', new Error(prisma)))).toBe('DATABASE');
    expect(failureKind(new RangeError('Array buffer allocation failed'))).toBe('MEMORY');
    // A unique constraint is nobody's absence.
    expect(failureKind(errorWith('23505'))).toBe('OTHER');
    expect(failureKind('a string')).toBe('OTHER');
  });
});
