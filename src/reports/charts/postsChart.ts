// Posts over time in a window and the one before it, as bars.
import { count, number } from '../hotspotReport/wording.js';
import type { Drawing, Shape } from './shapes.js';

export interface PostsChart {
  /** Half of them of the window before, half of the window. */
  readonly bars: readonly number[];
  readonly width: number;
  readonly height: number;
  /** Times of the three ends. */
  readonly ends: readonly [string, string, string];
}

const [LEFT, FOOT, HEAD, GAP] = [26, 13, 10, 1];

/** The bars of the window are dark, those before it pale; the axis begins at 0, and its end is the highest bar. */
export function postsChart({ bars, width, height, ends }: PostsChart): Drawing {
  const most = Math.max(1, ...bars);
  const [room, tall] = [width - LEFT, height - FOOT - HEAD];
  const step = room / bars.length;
  const floor = HEAD + tall;
  const half = bars.length / 2;
  const shapes: Shape[] = bars.flatMap((posts, i): Shape[] => {
    if (posts === 0) return [];
    const high = Math.max(1, (tall * posts) / most);
    const x = LEFT + i * step;
    return [{ kind: 'rect', x, y: floor - high, width: step - GAP, height: high, tone: i < half ? 'pale' : 'ink' }];
  });
  const middle = LEFT + half * step - GAP / 2;
  shapes.push(
    { kind: 'line', x1: LEFT, y1: floor, x2: width, y2: floor },
    { kind: 'line', x1: middle, y1: HEAD - 4, x2: middle, y2: floor + 3 },
    { kind: 'text', x: LEFT - 4, y: HEAD + 6, text: number(most), anchor: 'end' },
    { kind: 'text', x: LEFT - 4, y: floor, text: '0', anchor: 'end' },
    { kind: 'text', x: LEFT, y: height - 2, text: ends[0], anchor: 'start' },
    { kind: 'text', x: middle, y: height - 2, text: ends[1], anchor: 'middle' },
    { kind: 'text', x: width, y: height - 2, text: ends[2], anchor: 'end' },
  );
  const sum = (part: readonly number[]) => part.reduce((all, posts) => all + posts, 0);
  const [before, inside] = [bars.slice(0, half), bars.slice(half)];
  const says = `Posts over time, from ${ends[0]} to ${ends[2]}: ${number(sum(before))} before ${ends[1]}, ${count(sum(inside), 'post')} from then on; ${number(Math.max(0, ...inside))} in the highest bar.`;
  return { width, height, shapes, says };
}
