// What part of the map is looked at. The map's y goes up, that of the screen down.

export interface View {
  /** What stands in the middle. */
  readonly x: number;
  readonly y: number;
  /** CSS pixels of a unit of the map. */
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

const MARGIN = 28;
const SCALES = { least: 0.5, most: 4000 };

/** All of these, with a margin. */
export function wholeView(xs: Float32Array, ys: Float32Array, size: Size): View {
  if (xs.length === 0) return { x: 0, y: 0, scale: 20 };
  let [left, right, bottom, top] = [xs[0]!, xs[0]!, ys[0]!, ys[0]!];
  for (let i = 1; i < xs.length; i += 1) {
    left = Math.min(left, xs[i]!);
    right = Math.max(right, xs[i]!);
    bottom = Math.min(bottom, ys[i]!);
    top = Math.max(top, ys[i]!);
  }
  const scale = Math.min(
    Math.max(1, size.width - 2 * MARGIN) / Math.max(right - left, 0.5),
    Math.max(1, size.height - 2 * MARGIN) / Math.max(top - bottom, 0.5),
  );
  return { x: (left + right) / 2, y: (bottom + top) / 2, scale: bounded(scale) };
}

export function toScreen({ x, y }: Place, view: View, size: Size): Place {
  return { x: size.width / 2 + (x - view.x) * view.scale, y: size.height / 2 - (y - view.y) * view.scale };
}

export function toMap({ x, y }: Place, view: View, size: Size): Place {
  return { x: view.x + (x - size.width / 2) / view.scale, y: view.y - (y - size.height / 2) / view.scale };
}

/** Moved by so many pixels. */
export function moved(view: View, byX: number, byY: number): View {
  return { ...view, x: view.x - byX / view.scale, y: view.y + byY / view.scale };
}

/** Larger by a factor, with what stands at a place of the screen staying there. */
export function zoomed(view: View, factor: number, at: Place, size: Size): View {
  const scale = bounded(view.scale * factor);
  const fixed = toMap(at, view, size);
  return {
    x: fixed.x - (at.x - size.width / 2) / scale,
    y: fixed.y + (at.y - size.height / 2) / scale,
    scale,
  };
}

/** As it stands in an address; undefined where that is no view. */
export function readView(text: string | undefined): View | undefined {
  const numbers = (text ?? '').split(',').map(Number);
  const [x, y, scale] = numbers;
  if (numbers.length !== 3 || !numbers.every(Number.isFinite) || scale! < SCALES.least || scale! > SCALES.most)
    return undefined;
  return { x: x!, y: y!, scale: scale! };
}

export function writeView({ x, y, scale }: View): string {
  return [x.toFixed(2), y.toFixed(2), scale.toFixed(1)].join(',');
}

function bounded(scale: number): number {
  return Math.min(SCALES.most, Math.max(SCALES.least, scale));
}
