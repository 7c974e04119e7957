import { expect, it } from '@jest/globals';
import { inTurn } from '../src/inTurn.js';

it('begins at most so many at once, in the order in which they came, and goes on behind one that fails', async () => {
  const turn = inTurn(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  let most = 0;
  let underWay = 0;
  const works = [0, 1, 2, 3, 4].map((i) =>
    turn(async () => {
      begun.push(i);
      most = Math.max(most, ++underWay);
      await new Promise<void>((resolve) => ends.push(resolve));
      underWay -= 1;
      if (i === 0) throw new Error('the first fails');
      return i;
    }),
  );
  const results = Promise.allSettled(works);
  for (let i = 0; i < 5; i++) {
    while (ends.length === 0) await Promise.resolve();
    ends.shift()!();
  }
  expect((await results).map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message))).toEqual([
    'the first fails',
    1,
    2,
    3,
    4,
  ]);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
});
