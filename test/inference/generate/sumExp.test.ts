import { expect, test } from '@jest/globals';
import { sumExp } from '../../../src/inference/generate/sumExp.js';

test('equals a sum of Math.exp to 1e-12, from rows that are flat to rows where one token has it all', () => {
  for (const scale of [0, 1e-6, 0.1, 1, 7, 40, 300, 5000]) {
    // A fixed low-discrepancy sequence in [-1, 1].
    const logits = Float32Array.from({ length: 3001 }, (_, i) => scale * (((i * 0.618033988749895) % 1) * 2 - 1));
    const max = logits.reduce((a, b) => Math.max(a, b));
    const expected = logits.reduce((sum, x) => sum + Math.exp(x - max), 0);
    expect(Math.abs(sumExp(logits, max) / expected - 1)).toBeLessThan(1e-12);
  }
});

test('a banned token counts nothing, a NaN is not lost', () => {
  expect(sumExp(Float32Array.of(0, -Infinity, 0), 0)).toBe(2);
  expect(sumExp(Float32Array.of(0, Number.NaN), 0)).toBeNaN();
});
