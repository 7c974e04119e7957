// How hotspots look on the map: eight colours, and when these are used up, other shapes. Never by colour alone: titles stand beside them.

import type { Scheme } from '../../scheme.js';

/** The first: of no hotspot. All 3:1 at least on the map's ground. */
const COLOURS: Record<Scheme, readonly string[]> = {
  light: ['#7d8896', '#0b62c4', '#c2410c', '#0f766e', '#a21caf', '#4d7c0f', '#b91c1c', '#6d28d9', '#92610a'],
  dark: ['#76818f', '#7db8ff', '#ffa56b', '#4fd1c0', '#f0a0ff', '#b5dd5a', '#ff8f87', '#b9a3ff', '#f2cc5b'],
};
export const SHAPES = ['circle', 'square', 'triangle', 'diamond'] as const;
export const COLOUR_COUNT = 9;

/** Of a hotspot by its place on the map, from 1; 0: of none. */
export function lookOf(place: number): { readonly colour: number; readonly shape: number } {
  if (place === 0) return { colour: 0, shape: 0 };
  const used = COLOUR_COUNT - 1;
  return { colour: ((place - 1) % used) + 1, shape: Math.floor((place - 1) / used) % SHAPES.length };
}

export function colourOf(place: number, scheme: Scheme): string {
  return COLOURS[scheme][lookOf(place).colour]!;
}

/** Red, green and blue of each colour in turn, 0 to 1. */
export function palette(scheme: Scheme): Float32Array {
  return Float32Array.from(
    COLOURS[scheme].flatMap((hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)),
  );
}
