import { heads, person } from '../figures.js';
import { lettering } from '../lettering.js';
import { sky, terrace } from '../surroundings.js';
import { rect, stroke } from '../svg.js';

/** A march with signs; `words` go onto the signs, `banner` across the front; `rows` of people. */
export function protest(canvas, { time = 'day', words, banner, rows = 3 }) {
  const { random, width, height, unit } = canvas;
  const ground = height * 0.55;
  const night = time === 'night';
  const parts = [
    sky(canvas, time, ground),
    terrace(canvas, ground, { low: 80, high: 150, dim: night, lit: night ? 0.4 : 0.1 }),
    rect(0, ground, width, height - ground, night ? '#2c2f38' : '#9c9a94'),
  ];
  for (let row = 0; row < rows; row++) {
    const size = (70 + 34 * row) * unit;
    const y = ground + (height - ground) * ((row + 1.1) / (rows + 0.4));
    const gap = size * 0.46;
    let lastSign = -Infinity;
    for (let x = random.between(-0.3, 0.4) * gap; x < width + gap; x += gap * random.between(0.85, 1.2)) {
      // Far enough from the last one to be read.
      const sign = x - lastSign > size * 1.15 && random.chance(0.6);
      if (sign) {
        lastSign = x;
        parts.push(placard(random, x + size * 0.2, y - size * 0.92, size, random.pick(words)));
      }
      parts.push(
        person(canvas, x, y, size * random.between(0.92, 1.05), { arms: sign || random.chance(0.2) ? 'up' : 'down' }),
      );
    }
  }
  if (banner) {
    const y = height * 0.74;
    parts.push(
      rect(width * 0.14, y, width * 0.72, 46 * unit, '#fbfaf2', { stroke: '#b23a48', 'stroke-width': 3 * unit }),
    );
    parts.push(
      lettering(banner, {
        x: width * 0.17,
        y: y + 8 * unit,
        width: width * 0.66,
        height: 30 * unit,
        colour: '#b23a48',
      }),
    );
  }
  parts.push(heads(canvas, height * 0.97, 46 * unit, ['#2b2d35', '#3a2f2a', '#35404d']));
  return parts;
}

function placard(random, x, y, size, word) {
  const w = size * Math.max(0.5, 0.16 * word.length);
  const h = size * 0.36;
  const tilt = random.between(-9, 9);
  const [board, ink] = random.pick([
    ['#fffdf5', '#c1121f'],
    ['#ffd166', '#1d3557'],
    ['#fffdf5', '#14213d'],
    ['#2a9d8f', '#ffffff'],
    ['#e76f51', '#ffffff'],
  ]);
  const turn = `rotate(${tilt.toFixed(1)} ${x.toFixed(1)} ${y.toFixed(1)})`;
  return [
    stroke(
      [
        [x, y],
        [x, y - size * 0.5],
      ],
      '#8a6642',
      size * 0.04,
      { transform: turn },
    ),
    rect(x - w / 2, y - size * 0.5 - h, w, h, board, { transform: turn, rx: 2 }),
    `<g transform="${turn}">${lettering(word, { x: x - w * 0.42, y: y - size * 0.5 - h * 0.78, width: w * 0.84, height: h * 0.56, colour: ink })}</g>`,
  ];
}
