// Draws a scene: backdrop, sprites with the light of the hour, weather. All on typed arrays, about a thousand pictures a
// second at 96 x 96: see bench/results.md.

import { type Canvas, canvasOf } from './canvas.js';
import { FIELD, type Layer } from './layout.js';
import { paintPlace } from './places.js';
import { randomOf } from './random.js';
import type { Scene } from './scene.js';
import type { SpriteSheet } from './sprites.js';
import { paintLightning, paintWeather } from './weather.js';

export interface Picture {
  readonly size: number;
  /** RGB, [size, size, 3] */
  readonly pixels: Uint8Array;
  /** Id of the class seen at each pixel, 0 for the background, [size, size] */
  readonly classes: Uint8Array;
}

/** Colours times these, by light and hour. */
const NIGHT = [0.7, 0.72, 0.84] as const;
const DAY = [1, 1, 1] as const;
const AUDIENCE = [0.3, 0.29, 0.34] as const;
const WATER = [118, 108, 88] as const;
const NIGHT_WATER = [38, 38, 44] as const;

/** The picture of a scene, `size` pixels wide and high. */
export function drawScene(sprites: SpriteSheet, scene: Scene, size: number = FIELD): Picture {
  const canvas = canvasOf(size);
  const classes = new Uint8Array(size * size);
  const { facts } = scene;
  const backdrop = randomOf('backdrop', scene.id);
  paintPlace(canvas, facts, backdrop);
  paintLightning(canvas, facts, backdrop);
  grain(canvas, backdrop.below(GRAIN.length));
  const night = facts.time === 'night';
  for (const layer of scene.layers) {
    const light = layer.light === 'audience' ? AUDIENCE : night && layer.light === 'normal' ? NIGHT : DAY;
    paint(canvas, classes, { sprites, layer, light, water: night ? NIGHT_WATER : WATER });
  }
  paintWeather(canvas, facts, randomOf('weather', scene.id));
  return { size, pixels: canvas.pixels, classes };
}

interface Brush {
  readonly sprites: SpriteSheet;
  readonly layer: Layer;
  readonly light: readonly [number, number, number];
  readonly water: readonly [number, number, number];
}

function paint({ size, scale, pixels }: Canvas, classes: Uint8Array, { sprites, layer, light, water }: Brush): void {
  const longest = Math.max(1, Math.round(Math.max(layer.width, layer.height) * scale));
  const { rgba, width, height } = sprites.scaled(layer.sprite, longest);
  const left = Math.round((layer.left + layer.width / 2) * scale - width / 2);
  // Feet stay on the ground.
  const top = Math.round((layer.top + layer.height) * scale) - height;
  const [red, green, blue] = light;
  const dry = height - Math.round(layer.wading * scale);
  const first = Math.max(0, -top);
  const last = Math.min(height, size - top);
  const from = Math.max(0, -left);
  const to = Math.min(width, size - left);
  for (let y = first; y < last; y++) {
    const wet = y >= dry;
    for (let x = from; x < to; x++) {
      const s = 4 * (y * width + (layer.flip ? width - 1 - x : x));
      const alpha = rgba[s + 3]!;
      if (alpha === 0) continue;
      const at = (top + y) * size + left + x;
      const p = 3 * at;
      const rest = 1 - alpha / 255;
      let r = rgba[s]! * red;
      let g = rgba[s + 1]! * green;
      let b = rgba[s + 2]! * blue;
      if (wet) {
        const under = (0.75 * alpha) / 255;
        r = r * 0.25 + water[0] * under;
        g = g * 0.25 + water[1] * under;
        b = b * 0.25 + water[2] * under;
      }
      pixels[p] = r + pixels[p]! * rest;
      pixels[p + 1] = g + pixels[p + 1]! * rest;
      pixels[p + 2] = b + pixels[p + 2]! * rest;
      if (alpha > 127) classes[at] = layer.classId;
    }
  }
}

/** Grain of a camera, from a table: drawing lots for every pixel would cost more than all else. */
const GRAIN = (() => {
  const random = randomOf('grain');
  return Int8Array.from({ length: 1 << 15 }, () => random.between(-5, 6));
})();

function grain({ pixels }: Canvas, start: number): void {
  const mask = GRAIN.length - 1;
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i]! + GRAIN[(start + i) & mask]!;
    pixels[i] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
}
