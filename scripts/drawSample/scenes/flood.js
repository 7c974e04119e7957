import { car, person } from '../figures.js';
import { lamp, sky, terrace, tree } from '../surroundings.js';
import { ellipse, gradient, path, rect, stroke } from '../svg.js';

/** A street under water; `boat`: a rescue boat with `crew` people; `cars`: how many stand in the water; `rain`. */
export function flood(canvas, { time = 'overcast', boat = true, crew = 3, cars = 1, rain = false, level = 0.55 }) {
  const { random, width, height, unit } = canvas;
  const water = height * level;
  const dusk = time === 'dusk';
  const muddy = dusk
    ? ['#8a6a6e', '#4d4560']
    : random.pick([
        ['#8c7a5b', '#6b5d45'],
        ['#7f8466', '#5b6350'],
        ['#7d8a8c', '#566468'],
      ]);
  const parts = [
    gradient('water', muddy),
    sky(canvas, time, water),
    terrace(canvas, water + 34 * unit, { low: 95, high: 165, lit: 0.08 }),
    tree(canvas, width * random.between(0.05, 0.15), water + 30 * unit, 1.1),
    lamp(width * random.between(0.75, 0.95), water + 40 * unit, 1.3 * unit, false),
    rect(0, water, width, height - water, 'url(#water)', { opacity: 0.94 }),
  ];
  for (let i = 0; i < 46; i++) {
    const y = water + (height - water) * random.between(0.02, 1) ** 1.3;
    const w = (10 + 50 * ((y - water) / (height - water))) * unit;
    const x = random.between(-20, width);
    parts.push(
      path(`M${x} ${y} q${w / 4} ${-3 * unit} ${w / 2} 0 q${w / 4} ${3 * unit} ${w / 2} 0`, 'none', {
        stroke: '#e7e2d2',
        'stroke-width': 1.6 * unit,
        opacity: 0.5,
      }),
    );
  }
  for (let i = 0; i < cars; i++) {
    const x = width * random.between(0.02 + 0.4 * i, 0.2 + 0.4 * i);
    const y = water + (44 + 22 * i) * unit;
    const length = random.between(100, 120) * unit;
    parts.push(
      car(x, y, length, random.pick(['#a33', '#2f5d8a', '#e0e0dc', '#444b52'])),
      rect(x - 8 * unit, y - 17 * unit, length + 16 * unit, 24 * unit, muddy[0]),
      ripple(x + length / 2, y - 16 * unit, length * 0.56, unit),
    );
  }
  if (boat) parts.push(rescueBoat(canvas, width * random.between(0.42, 0.55), height * 0.84, crew));
  if (rain) {
    for (let i = 0; i < 110; i++) {
      const x = random.between(0, width);
      const y = random.between(0, height);
      parts.push(
        stroke(
          [
            [x, y],
            [x - 4 * unit, y + 14 * unit],
          ],
          '#dfe8ee',
          1.1 * unit,
          { opacity: 0.5 },
        ),
      );
    }
  }
  return parts;
}

const ripple = (x, y, r, unit) =>
  ellipse(x, y, r, 4 * unit, 'none', { stroke: '#efe9d8', 'stroke-width': 1.6 * unit, opacity: 0.6 });

function rescueBoat(canvas, x, y, crew) {
  const { unit } = canvas;
  const half = (45 + 16 * crew) * unit;
  const people = [];
  for (let i = 0; i < crew; i++) {
    const at = x - half * 0.7 + ((half * 1.4) / Math.max(1, crew - 1)) * i;
    const rescuer = i === 0 || i === crew - 1;
    people.push(
      person(
        canvas,
        at,
        y + 6 * unit,
        76 * unit,
        rescuer ? { shirt: '#f77f00', helmet: '#d62828', arms: 'out' } : { arms: 'down' },
      ),
    );
  }
  return [
    ripple(x, y + 12 * unit, half * 1.15, unit),
    people,
    stroke(
      [
        [x - half * 0.72, y - 34 * unit],
        [x - half * 1.05, y + 22 * unit],
      ],
      '#c9a36a',
      4 * unit,
    ),
    path(
      `M${x - half} ${y - 16 * unit} q${half * 0.1} ${32 * unit} ${half * 0.35} ${32 * unit} h${half * 1.3} q${half * 0.3} 0 ${half * 0.42} ${-36 * unit} q${-half * 0.2} ${8 * unit} ${-half * 0.4} ${8 * unit} h${-half * 1.35}Z`,
      '#e4572e',
    ),
    path(`M${x - half * 0.9} ${y - 4 * unit} h${half * 1.85}`, 'none', { stroke: '#fff', 'stroke-width': 4 * unit }),
  ];
}
