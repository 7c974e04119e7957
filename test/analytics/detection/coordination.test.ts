import { describe, expect, it } from '@jest/globals';
import { coordinated } from '../../../src/analytics/detection/coordination.js';
import type { Post } from '../../../src/analytics/detection/post.js';

const MINUTE = 60_000;
/** Looks at no more than this of a post. */
const post = (piece: string, author: string, minute: number) => ({ piece, author, at: minute * MINUTE }) as Post;
const newestFirst = (posts: Post[]) => [...posts].sort((a, b) => b.at - a.at);
const ordinary = Array.from({ length: 200 }, (_, i) => post(`p${i}`, `a${i}`, i * 7));

describe('coordination', () => {
  it('is many accounts with one piece within ten minutes', () => {
    const together = Array.from({ length: 30 }, (_, i) => post('poster', `bot${i}`, 700 + i / 10));
    const [found, ...others] = coordinated(newestFirst([...ordinary, ...together]), 0);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ piece: 'poster', authors: 30, minutes: 10 });
    expect(found!.posts).toHaveLength(30);
    expect(found!.expected).toBeLessThan(0.5);
    expect(found!.score).toBeGreaterThan(6);
  });

  it('is not one account, nor what goes round for hours', () => {
    const spam = Array.from({ length: 50 }, (_, i) => post('offer', 'seller', 700 + i / 10));
    const chain = Array.from({ length: 50 }, (_, i) => post('old picture', `c${i}`, 100 + 15 * i));
    expect(coordinated(newestFirst([...ordinary, ...spam, ...chain]), 0)).toEqual([]);
  });

  it('takes more where everybody passes pictures on at once', () => {
    const quick = Array.from({ length: 200 }, (_, i) =>
      Array.from({ length: 6 }, (_, k) => post(`viral${i}`, `v${i}-${k}`, i * 7 + k)),
    ).flat();
    const dozen = Array.from({ length: 12 }, (_, i) => post('poster', `bot${i}`, 700 + i / 10));
    expect(coordinated(newestFirst([...ordinary, ...dozen]), 0)).toHaveLength(1);
    expect(coordinated(newestFirst([...quick, ...dozen]), 0)).toEqual([]);
  });

  it('is told of while it is new', () => {
    const together = Array.from({ length: 30 }, (_, i) => post('poster', `bot${i}`, 700));
    expect(coordinated(newestFirst([...ordinary, ...together]), 701 * MINUTE)).toEqual([]);
  });
});
