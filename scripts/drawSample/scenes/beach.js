import { person } from '../figures.js';
import { sky } from '../surroundings.js';
import { ellipse, gradient, path, polygon, rect, stroke } from '../svg.js';

/** A beach with parasols; `palm`, `boat`: whether there is one. */
export function beach(canvas, { time = 'day', palm = true, boat = true, people = 3 }) {
  const { random, width, height, unit } = canvas;
  const horizon = height * random.between(0.36, 0.44);
  const shore = height * random.between(0.58, 0.64);
  const dusk = time === 'dusk';
  const parts = [
    sky(canvas, time, horizon),
    gradient('sea', dusk ? ['#b5627a', '#5a4a78'] : ['#1b7fb5', '#43bccd', '#a6e3e9']),
    gradient('sand', dusk ? ['#c99a6b', '#a87a52'] : ['#f4dfae', '#e6c585']),
    rect(0, horizon, width, shore - horizon + 14 * unit, 'url(#sea)'),
    path(`M0 ${shore} q${width / 4} ${-16 * unit} ${width / 2} 0 t${width / 2} 0 V${height} H0Z`, 'url(#sand)'),
    path(`M0 ${shore} q${width / 4} ${-16 * unit} ${width / 2} 0 t${width / 2} 0`, 'none', {
      stroke: '#ffffff',
      'stroke-width': 5 * unit,
      opacity: 0.8,
    }),
  ];
  for (let i = 0; i < 14; i++) {
    const x = random.between(0, width);
    const y = random.between(horizon + 8 * unit, shore - 22 * unit);
    parts.push(
      stroke(
        [
          [x, y],
          [x + random.between(14, 40) * unit, y],
        ],
        '#fff',
        1.5 * unit,
        { opacity: 0.45 },
      ),
    );
  }
  if (boat) {
    const x = width * random.between(0.15, 0.8);
    const y = horizon + 14 * unit;
    parts.push(
      polygon(
        [
          [x + 4 * unit, y - 4 * unit],
          [x + 4 * unit, y - 52 * unit],
          [x + 32 * unit, y - 6 * unit],
        ],
        '#fff',
      ),
      polygon(
        [
          [x, y - 4 * unit],
          [x, y - 44 * unit],
          [x - 18 * unit, y - 6 * unit],
        ],
        '#f4a259',
      ),
      path(`M${x - 26 * unit} ${y} h${64 * unit} l${-10 * unit} ${12 * unit} h${-44 * unit}Z`, '#8d3b2f'),
    );
  }
  for (let i = 0; i < people; i++) {
    const x = width * (0.14 + (0.72 / people) * (i + random.between(0.1, 0.6)));
    const y = shore + (height - shore) * random.between(0.35, 0.85);
    parts.push(parasol(random, x, y, unit), towel(random, x + 26 * unit, y + 8 * unit, unit));
    if (random.chance(0.8))
      parts.push(person(canvas, x + 62 * unit, y + 8 * unit, 70 * unit, { arms: random.pick(['down', 'up']) }));
  }
  if (palm) parts.push(palmTree(random, random.chance(0.5) ? width * 0.09 : width * 0.91, height, unit));
  return parts;
}

function parasol(random, x, y, unit) {
  const colour = random.pick(['#e63946', '#f4a261', '#2a9d8f', '#457b9d', '#e76f9b']);
  const r = 42 * unit;
  const top = y - 82 * unit;
  return [
    ellipse(x + 14 * unit, y, 40 * unit, 7 * unit, '#000', { opacity: 0.15 }),
    stroke(
      [
        [x, y],
        [x, top],
      ],
      '#8a6f4e',
      3.5 * unit,
    ),
    path(`M${x - r} ${top + r * 0.55} A${r} ${r * 0.85} 0 0 1 ${x + r} ${top + r * 0.55}Z`, colour),
    path(
      `M${x - r * 0.36} ${top + r * 0.55} Q${x - r * 0.3} ${top - r * 0.1} ${x} ${top - r * 0.29} Q${x + r * 0.3} ${top - r * 0.1} ${x + r * 0.36} ${top + r * 0.55}Z`,
      '#fff7e6',
    ),
  ];
}

const towel = (random, x, y, unit) =>
  polygon(
    [
      [x, y],
      [x + 56 * unit, y - 4 * unit],
      [x + 44 * unit, y - 18 * unit],
      [x - 6 * unit, y - 12 * unit],
    ],
    random.pick(['#ff6b6b', '#4ecdc4', '#ffe66d', '#5f6caf']),
  );

function palmTree(random, x, ground, unit) {
  const top = ground - random.between(180, 220) * unit;
  const leaves = [-1, 1].flatMap((side) =>
    [0.1, 0.45, 0.8].map((drop) =>
      path(
        `M${x} ${top} q${side * 46 * unit} ${(-46 + 60 * drop) * unit} ${side * 88 * unit} ${(10 + 70 * drop) * unit} q${side * -50 * unit} ${(-40 + 6 * drop) * unit} ${side * -88 * unit} ${(-10 - 70 * drop) * unit}Z`,
        drop > 0.4 ? '#2d6a4f' : '#40916c',
      ),
    ),
  );
  return [
    path(
      `M${x - 9 * unit} ${ground} Q${x + 6 * unit} ${(ground + top) / 2} ${x - 3 * unit} ${top} h${7 * unit} Q${x + 18 * unit} ${(ground + top) / 2} ${x + 11 * unit} ${ground}Z`,
      '#8a6240',
    ),
    leaves,
  ];
}
