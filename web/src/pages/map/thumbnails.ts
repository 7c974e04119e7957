// Which pictures are shown on the map itself: once it is near enough, one of each square of the screen, and never more than some tens.
import type { MapPoints } from './mapPoints.js';
import { type Size, toMap, type View } from './view.js';

/** CSS pixels of a square. */
export const SQUARE = 76;
export const MOST_THUMBNAILS = 40;
/** Pictures in view from which they are shown, and how much nearer than the whole map they are shown in any case. */
const FEW = 250;
const NEAR = 12;

/** Points in view; none where the map is too far away. The same ones while it is moved about. */
export function thumbnailsIn(
  points: MapPoints,
  { view, size, whole }: { view: View; size: Size; whole: number },
): number[] {
  const corner = toMap({ x: 0, y: 0 }, view, size);
  const opposite = toMap({ x: size.width, y: size.height }, view, size);
  const inView: number[] = [];
  const near = view.scale >= NEAR * whole;
  for (let i = 0; i < points.count; i += 1) {
    const [x, y] = [points.xs[i]!, points.ys[i]!];
    if (x < corner.x || x > opposite.x || y < opposite.y || y > corner.y) continue;
    inView.push(i);
    if (!near && inView.length > FEW) return [];
  }
  // Squares of the map, not of the screen: they move with it.
  const side = SQUARE / 2 ** Math.floor(Math.log2(view.scale));
  const firsts = new Map<string, number>();
  for (const i of inView) {
    const square = `${Math.floor(points.xs[i]! / side)} ${Math.floor(points.ys[i]! / side)}`;
    // Later ones are of hotspots: see mapPoints.ts.
    firsts.set(square, i);
  }
  const far = (i: number) => Math.hypot(points.xs[i]! - view.x, points.ys[i]! - view.y);
  return [...firsts.values()].sort((a, b) => far(a) - far(b)).slice(0, MOST_THUMBNAILS);
}
