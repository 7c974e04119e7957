// How many pictures go into a batch, of what was told of earlier ones.
import { describe, expect, it } from '@jest/globals';
import { createBatchSize } from '../../src/inference/batchSize.js';

describe('batchSize', () => {
  it('is the largest until something is known, whoever asks', () => {
    const size = createBatchSize({ largest: 8 });
    expect([size.next(false), size.next(true)]).toEqual([8, 8]);
  });

  it('learns what a batch and what a picture costs from batches of several sizes', () => {
    const size = createBatchSize({ largest: 16 });
    for (const n of [16, 1, 7]) size.ran(n, 30 + 10 * n);
    // One takes 40 ms, three take 60.
    expect(size.next(true)).toBe(3);
    expect(size.next(false)).toBe(16);
  });

  it('holds the pictures for all of the cost where one size is all it knows', () => {
    const size = createBatchSize({ largest: 8 });
    size.ran(8, 400);
    expect(size.next(true)).toBe(1);
  });

  it('keeps to a target that is given, with one picture at least', () => {
    const size = createBatchSize({ largest: 16, targetMs: 100 });
    for (const n of [16, 1]) size.ran(n, 30 + 10 * n);
    expect(size.next(true)).toBe(7);
    const slow = createBatchSize({ largest: 16, targetMs: 100 });
    for (const n of [16, 1]) slow.ran(n, 300 + 1000 * n);
    expect(slow.next(true)).toBe(1);
  });

  it('follows the model where it gets slower', () => {
    const size = createBatchSize({ largest: 16, targetMs: 110 });
    for (let i = 0; i < 20; i += 1) size.ran(1 + (i % 8), 10 + 10 * (1 + (i % 8)));
    expect(size.next(true)).toBe(10);
    for (let i = 0; i < 80; i += 1) size.ran(1 + (i % 8), 10 + 50 * (1 + (i % 8)));
    expect(size.next(true)).toBe(2);
  });

  it('takes a batch that got cheaper the larger it was as one whose pictures cost nothing', () => {
    const size = createBatchSize({ largest: 8, targetMs: 50 });
    size.ran(8, 20);
    size.ran(2, 30);
    expect(size.next(true)).toBe(8);
  });

  it('halves where memory does not hold a batch, and grows again by one as batches of that size go well', () => {
    const size = createBatchSize({ largest: 8 });
    size.tooLarge(8);
    expect(size.next(false)).toBe(4);
    size.tooLarge(4);
    size.tooLarge(8);
    expect(size.next(false)).toBe(2);
    for (let i = 0; i < 31; i += 1) size.ran(2, 10);
    for (let i = 0; i < 31; i += 1) size.ran(1, 10);
    expect(size.next(false)).toBe(2);
    size.ran(2, 10);
    expect(size.next(false)).toBe(3);
    size.tooLarge(1);
    expect(size.next(false)).toBe(1);
  });
});
