// A picture being drawn: plain shapes on RGB bytes. Positions are in units of a field of 96 x 96, whatever the size.

import { FIELD } from './layout.js';

export type Colour = readonly [r: number, g: number, b: number];

export interface Canvas {
  readonly size: number;
  /** Pixels a unit. */
  readonly scale: number;
  /** [size, size, 3] */
  readonly pixels: Uint8Array;
}

export function canvasOf(size: number): Canvas {
  return { size, scale: size / FIELD, pixels: new Uint8Array(3 * size * size) };
}

export function mix(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

/** From `top` to `bottom` over the whole width, changing from one colour to the other. */
export function gradient(canvas: Canvas, top: number, bottom: number, from: Colour, to: Colour): void {
  const { scale } = canvas;
  const [first, last] = rows(canvas, top, bottom);
  for (let y = first; y < last; y++)
    row(canvas, y, 0, canvas.size, mix(from, to, (y / scale - top) / (bottom - top)), 1);
}

export function rectangle(
  canvas: Canvas,
  left: number,
  top: number,
  width: number,
  height: number,
  colour: Colour,
  alpha = 1,
): void {
  const { scale } = canvas;
  const [first, last] = rows(canvas, top, top + height);
  for (let y = first; y < last; y++)
    row(canvas, y, Math.round(left * scale), Math.round((left + width) * scale), colour, alpha);
}

export function ellipse(
  canvas: Canvas,
  x: number,
  y: number,
  radiusX: number,
  radiusY: number,
  colour: Colour,
  alpha = 1,
): void {
  const { scale } = canvas;
  const [first, last] = rows(canvas, y - radiusY, y + radiusY);
  for (let line = first; line < last; line++) {
    const up = ((line + 0.5) / scale - y) / radiusY;
    const half = radiusX * Math.sqrt(Math.max(0, 1 - up * up));
    row(canvas, line, Math.round((x - half) * scale), Math.round((x + half) * scale), colour, alpha);
  }
}

/** A triangle with a level base. */
export function peak(
  canvas: Canvas,
  x: number,
  top: number,
  base: number,
  halfWidth: number,
  colour: Colour,
  alpha = 1,
): void {
  const { scale } = canvas;
  const [first, last] = rows(canvas, top, base);
  for (let y = first; y < last; y++) {
    const half = (halfWidth * ((y + 0.5) / scale - top)) / (base - top);
    row(canvas, y, Math.round((x - half) * scale), Math.round((x + half) * scale), colour, alpha);
  }
}

/** A strip between two points, at most as flat as it is long. */
export function stroke(
  canvas: Canvas,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  thickness: number,
  colour: Colour,
  alpha = 1,
): void {
  const { scale } = canvas;
  const [first, last] = rows(canvas, Math.min(y0, y1), Math.max(y0, y1));
  for (let y = first; y < last; y++) {
    const x = x0 + ((x1 - x0) * ((y + 0.5) / scale - y0)) / (y1 - y0);
    const left = Math.round((x - thickness / 2) * scale);
    row(canvas, y, left, left + Math.max(1, Math.round(thickness * scale)), colour, alpha);
  }
}

function rows({ scale, size }: Canvas, top: number, bottom: number): [number, number] {
  return [Math.max(0, Math.round(top * scale)), Math.min(size, Math.round(bottom * scale))];
}

function row({ pixels, size }: Canvas, y: number, left: number, right: number, [r, g, b]: Colour, alpha: number): void {
  const end = 3 * (y * size + Math.min(size, right));
  for (let at = 3 * (y * size + Math.max(0, left)); at < end; at += 3) {
    pixels[at] = pixels[at]! + (r - pixels[at]!) * alpha;
    pixels[at + 1] = pixels[at + 1]! + (g - pixels[at + 1]!) * alpha;
    pixels[at + 2] = pixels[at + 2]! + (b - pixels[at + 2]!) * alpha;
  }
}
