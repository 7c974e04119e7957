// Sky, ground and the things that stand around in many scenes.
import { blur, circle, ellipse, gradient, group, path, polygon, rect, stroke } from './svg.js';

const skies = {
  day: ['#5aa9e6', '#a9d6f5', '#e8f4fb'],
  dusk: ['#43406b', '#b5627a', '#f3b562'],
  night: ['#070b1d', '#141d3f', '#2b3a67'],
  overcast: ['#6f7b86', '#98a3ab', '#c4ccd0'],
  winter: ['#a9bfd3', '#cfdde8', '#f0f4f7'],
};

/** The sky down to `bottom`, with what hangs in it. `time`: day, dusk, night, overcast or winter. */
export function sky({ random, width, unit }, time, bottom) {
  const parts = [gradient('sky', skies[time]), rect(0, 0, width, bottom + 1, 'url(#sky)')];
  const x = random.between(0.1, 0.9) * width;
  const y = random.between(0.12, 0.3) * bottom;
  if (time === 'day') {
    parts.push(circle(x, y, 34 * unit, '#fff6c9', { opacity: 0.5 }), circle(x, y, 22 * unit, '#ffe066'));
  }
  if (time === 'dusk') parts.push(circle(x, bottom * 0.8, 40 * unit, '#ffd27a', { opacity: 0.85 }));
  if (time === 'night') {
    for (let i = 0; i < 60; i++) {
      parts.push(
        circle(random.between(0, width), random.between(0, bottom * 0.8), random.between(0.5, 1.5) * unit, '#fff'),
      );
    }
    parts.push(circle(x, y, 18 * unit, '#f4f1d8'), circle(x + 8 * unit, y - 4 * unit, 16 * unit, '#0d1430'));
  }
  const clouds = { day: 3, dusk: 3, night: 0, overcast: 7, winter: 4 }[time];
  for (let i = 0; i < clouds; i++) {
    const colour = time === 'overcast' ? random.pick(['#868f98', '#a8b0b6']) : time === 'dusk' ? '#d98a8a' : '#ffffff';
    parts.push(
      cloud(random.between(0, width), random.between(0.06, 0.55) * bottom, random.between(0.6, 1.3) * unit, colour),
    );
  }
  return parts;
}

export const cloud = (x, y, scale, colour) =>
  group(
    { opacity: 0.8 },
    ellipse(x, y, 42 * scale, 12 * scale, colour),
    circle(x - 16 * scale, y - 8 * scale, 13 * scale, colour),
    circle(x + 6 * scale, y - 12 * scale, 18 * scale, colour),
    circle(x + 24 * scale, y - 5 * scale, 11 * scale, colour),
  );

/** A line of hills along `y`. */
export function hills({ random, width, unit }, y, colour) {
  let d = `M0 ${y}`;
  for (let x = 0; x < width; ) {
    const step = random.between(70, 150) * unit;
    d += ` Q${(x + step / 2).toFixed(1)} ${(y - random.between(20, 60) * unit).toFixed(1)} ${(x + step).toFixed(1)} ${y}`;
    x += step;
  }
  return path(`${d} L${width} ${y + 30 * unit} L0 ${y + 30 * unit}Z`, colour);
}

/** Town houses side by side, standing on `ground`; `lit` is the share of windows with light. */
export function terrace({ random, width, unit }, ground, { lit = 0.1, low = 70, high = 140, dim = false } = {}) {
  const walls = dim
    ? ['#39415a', '#2f3750', '#454a63']
    : ['#d9a38f', '#e6c79c', '#c7cfb7', '#b7c9d6', '#d8b4b0', '#e8dcc4'];
  const parts = [];
  for (let x = -random.between(0, 30) * unit; x < width; ) {
    const w = random.between(55, 95) * unit;
    const h = random.between(low, high) * unit;
    parts.push(rect(x, ground - h, w, h, random.pick(walls)));
    parts.push(
      polygon(
        [
          [x - 3 * unit, ground - h],
          [x + w / 2, ground - h - random.between(18, 34) * unit],
          [x + w + 3 * unit, ground - h],
        ],
        dim ? '#1f2438' : random.pick(['#8d4b3f', '#6e5a52', '#7a3b3b']),
      ),
    );
    const columns = Math.max(2, Math.round(w / (26 * unit)));
    for (let row = 0; row * 34 * unit < h - 30 * unit; row++) {
      for (let column = 0; column < columns; column++) {
        const light = random.chance(lit);
        const glass = light ? '#ffd97a' : dim ? '#1a2036' : '#6d8796';
        parts.push(
          rect(
            x + (w / columns) * (column + 0.25),
            ground - h + (10 + row * 34) * unit,
            (w / columns) * 0.5,
            20 * unit,
            glass,
            { stroke: dim ? '#565d78' : '#f5efe6', 'stroke-width': 1.5 * unit },
          ),
        );
      }
    }
    x += w;
  }
  return parts;
}

export function tree({ random, unit }, x, ground, scale, leaves = random.pick(['#3f7d44', '#57934b', '#2f6b4a'])) {
  const s = scale * unit;
  return [
    rect(x - 4 * s, ground - 40 * s, 8 * s, 40 * s, '#6b4a32'),
    circle(x, ground - 62 * s, 26 * s, leaves),
    circle(x - 18 * s, ground - 48 * s, 18 * s, leaves),
    circle(x + 18 * s, ground - 48 * s, 18 * s, leaves),
    circle(x + 6 * s, ground - 70 * s, 12 * s, '#ffffff', { opacity: 0.12 }),
  ];
}

export const bush = (x, ground, s, colour) => [
  circle(x, ground, 14 * s, colour),
  circle(x + 14 * s, ground + 2 * s, 11 * s, colour),
];

/** A street lamp with its light. */
export const lamp = (x, ground, s, on) => [
  stroke(
    [
      [x, ground],
      [x, ground - 90 * s],
      [x + 14 * s, ground - 96 * s],
    ],
    '#2c3038',
    4 * s,
  ),
  ellipse(x + 18 * s, ground - 94 * s, 8 * s, 4 * s, on ? '#ffe9a8' : '#9aa3ad'),
  on ? circle(x + 18 * s, ground - 90 * s, 30 * s, '#ffe9a8', { opacity: 0.22 }) : '',
];

/** Puffs that grow as they rise and drift from (x, y). */
export function smoke({ random, unit }, x, y, { height, drift, dark = '#3c3c40', light = '#7b7b80', puffs = 34 }) {
  const parts = [];
  for (let i = 0; i < puffs; i++) {
    const t = i / puffs;
    parts.push(
      circle(
        x + drift * t * t + random.between(-14, 14) * unit * (0.5 + t),
        y - height * t,
        (9 + 34 * t) * unit * random.between(0.7, 1.2),
        t > 0.55 || random.chance(0.3) ? light : dark,
        { opacity: 0.75 - 0.45 * t },
      ),
    );
  }
  return [blur('smoke', 5 * unit), group({ filter: 'url(#smoke)' }, parts)];
}
