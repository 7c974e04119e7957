// Weather over a finished picture: streaks, flakes, fog, smoke, lightning.

import { type Canvas, ellipse, rectangle, stroke } from './canvas.js';
import type { Facts } from './facts.js';
import { FIELD } from './layout.js';
import type { Random } from './random.js';

/** Lightning belongs to the sky: painted before what stands in front of it. */
export function paintLightning(canvas: Canvas, { weather, place }: Facts, random: Random): void {
  if (weather !== 'storm') return;
  let x = random.between(12, 84);
  const end = place === 'stadium' ? 36 : 44;
  for (let y = 2; y < end; y += 6) {
    const to = x + random.between(-7, 7);
    stroke(canvas, x, y, to, y + 6, 3.4, [170, 180, 255], 0.5);
    stroke(canvas, x, y, to, y + 6, 1.6, [255, 252, 220]);
    x = to;
  }
}

/** What lies between the eye and everything else. */
export function paintWeather(canvas: Canvas, { weather, time }: Facts, random: Random): void {
  const night = time === 'night';
  switch (weather) {
    case 'clear':
      return;
    case 'rain':
    case 'storm': {
      if (!night) shade(canvas, [70, 80, 100], 0.16);
      const slant = random.between(-2.5, 2.5);
      for (let i = 0; i < 90; i++) {
        const x = random.between(-4, FIELD + 4);
        const y = random.between(-6, FIELD);
        const length = random.between(5, 9);
        stroke(
          canvas,
          x,
          y,
          x + (slant * length) / 7,
          y + length,
          0.8,
          night ? [150, 164, 190] : [214, 226, 240],
          0.55,
        );
      }
      return;
    }
    case 'snow':
      for (let i = 0; i < 110; i++) {
        const size = random.pick([1, 1, 1.6, 2.1]);
        rectangle(
          canvas,
          random.between(0, FIELD),
          random.between(0, FIELD),
          size,
          size,
          night ? [216, 222, 236] : [255, 255, 255],
          0.9,
        );
      }
      return;
    case 'fog':
      for (let i = 0; i < 12; i++) {
        const fog = night ? ([104, 108, 118] as const) : ([216, 219, 222] as const);
        ellipse(
          canvas,
          random.between(0, FIELD),
          random.between(20, 84),
          random.between(26, 50),
          random.between(6, 12),
          fog,
          0.12,
        );
      }
      shade(canvas, night ? [96, 100, 110] : [212, 215, 218], 0.33);
      return;
    case 'haze':
      shade(canvas, night ? [92, 74, 60] : [186, 156, 118], 0.28);
      for (let i = 0; i < 16; i++) {
        const smoke = night ? ([78, 66, 56] as const) : ([112, 98, 86] as const);
        ellipse(
          canvas,
          random.between(-6, FIELD + 6),
          random.between(0, 80),
          random.between(8, 20),
          random.between(5, 11),
          smoke,
          0.2,
        );
      }
      return;
    default:
      weather satisfies never;
  }
}

function shade({ pixels }: Canvas, colour: readonly [number, number, number], alpha: number): void {
  for (let i = 0; i < pixels.length; i += 3) {
    for (let c = 0; c < 3; c++) pixels[i + c] = pixels[i + c]! + (colour[c]! - pixels[i + c]!) * alpha;
  }
}
