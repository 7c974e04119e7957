// A part of the map that somebody drew a line round, as it stands in addresses: `LAYOUT;X,Y;X,Y;...`.
import type { MapPoints } from './mapPoints.js';
import type { Place } from './view.js';

export interface Area {
  readonly layout: number;
  readonly corners: readonly Place[];
}

const CORNERS = { least: 3, most: 100 };

/** Undefined where the text is no area. */
export function readArea(text: string | undefined): Area | undefined {
  const [head = '', ...rest] = (text ?? '').split(';');
  const corners = rest.map((corner) => {
    const [x, y] = corner.split(',').map(Number);
    return { x: x ?? Number.NaN, y: y ?? Number.NaN };
  });
  const sound = corners.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  if (!/^\d{1,9}$/.test(head) || !sound || corners.length < CORNERS.least || corners.length > CORNERS.most)
    return undefined;
  return { layout: Number(head), corners };
}

/** Of a long line so many corners that an address holds them. */
export function writeArea({ layout, corners }: Area): string {
  const stride = Math.ceil(corners.length / CORNERS.most);
  const kept = corners.filter((_, i) => i % stride === 0);
  return [layout, ...kept.map(({ x, y }) => `${x.toFixed(3)},${y.toFixed(3)}`)].join(';');
}

/** The points within, as the server counts them: those that the line goes round. */
export function within({ corners }: Area, { xs, ys, count }: MapPoints): Uint32Array {
  const left = Math.min(...corners.map(({ x }) => x));
  const right = Math.max(...corners.map(({ x }) => x));
  const bottom = Math.min(...corners.map(({ y }) => y));
  const top = Math.max(...corners.map(({ y }) => y));
  const found: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const [x, y] = [xs[i]!, ys[i]!];
    if (x >= left && x <= right && y >= bottom && y <= top && turns(corners, x, y) !== 0) found.push(i);
  }
  return Uint32Array.from(found);
}

/** How often the line goes round a place. */
function turns(corners: readonly Place[], x: number, y: number): number {
  let sum = 0;
  for (let i = 0; i < corners.length; i += 1) {
    const a = corners[i]!;
    const b = corners[(i + 1) % corners.length]!;
    const side = (b.x - a.x) * (y - a.y) - (x - a.x) * (b.y - a.y);
    if (a.y <= y && b.y > y && side > 0) sum += 1;
    else if (a.y > y && b.y <= y && side < 0) sum -= 1;
  }
  return sum;
}
