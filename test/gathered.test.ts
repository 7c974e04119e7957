import { describe, expect, it } from '@jest/globals';
import { gathered } from '../src/gathered.js';

describe('gathered', () => {
  it('puts together what is given while a call is under way, and no more than so many', async () => {
    const calls: number[][] = [];
    let end: () => void = () => undefined;
    const double = gathered(
      async (numbers: readonly number[]) => {
        calls.push([...numbers]);
        if (calls.length === 1) await new Promise<void>((resolve) => (end = resolve));
        return numbers.map((number) => 2 * number);
      },
      { most: 3 },
    );
    const first = double(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const others = [2, 3, 4, 5].map(double);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(calls).toEqual([[1]]);
    end();
    expect(await Promise.all([first, ...others])).toEqual([2, 4, 6, 8, 10]);
    expect(calls).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('fails those whose result is an error, all of a call that rejects, and goes on', async () => {
    const half = gathered(
      async (numbers: readonly number[]) => {
        if (numbers.includes(0)) throw new Error('none');
        return numbers.map((number) => (number % 2 === 0 ? number / 2 : new Error(`odd: ${number}`)));
      },
      { most: 8 },
    );
    const settled = await Promise.allSettled([2, 3, 4].map(half));
    expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)))).toEqual([
      1,
      'Error: odd: 3',
      2,
    ]);
    const all = await Promise.allSettled([0, 2].map(half));
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await half(6)).toBe(3);
  });
});
