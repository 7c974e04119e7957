import { person } from '../figures.js';
import { hills, sky } from '../surroundings.js';
import { circle, ellipse, path, polygon, rect, stroke } from '../svg.js';

/** A park in the snow; `snowman`, `bench`: whether there is one; `falling`: how many flakes. */
export function snowPark(canvas, { time = 'winter', snowman = true, bench = true, falling = 90, people = 1 }) {
  const { random, width, height, unit } = canvas;
  const ground = height * 0.6;
  const parts = [
    sky(canvas, time, ground),
    hills(canvas, ground, time === 'night' ? '#43527a' : '#d5dfe8'),
    rect(0, ground, width, height - ground, time === 'night' ? '#8b9bc0' : '#f7fafc'),
  ];
  parts.push(
    path(
      `M0 ${height * 0.78} Q${width * 0.35} ${height * 0.62} ${width} ${height * 0.74} V${height} H0Z`,
      time === 'night' ? '#a3b2d3' : '#ffffff',
    ),
  );
  parts.push(
    path(
      `M${width * 0.42} ${height} Q${width * 0.6} ${height * 0.78} ${width * 0.5} ${ground} h${10 * unit} Q${width * 0.74} ${height * 0.78} ${width * 0.7} ${height}Z`,
      '#c9d4de',
      { opacity: 0.8 },
    ),
  );
  for (let i = 0; i < 6; i++)
    parts.push(
      fir(
        random,
        width * (i / 5) + random.between(-20, 20) * unit,
        ground + random.between(0, 24) * unit,
        random.between(0.7, 1.2) * unit,
      ),
    );
  if (bench) {
    const x = width * random.between(0.62, 0.72);
    const y = height * 0.82;
    for (const dy of [0, 14]) parts.push(rect(x, y - (34 - dy) * unit, 96 * unit, 8 * unit, '#7b4f32', { rx: 2 }));
    parts.push(
      rect(x, y - 37 * unit, 96 * unit, 5 * unit, '#fff', { rx: 2 }),
      stroke(
        [
          [x + 10 * unit, y - 16 * unit],
          [x + 10 * unit, y],
        ],
        '#333',
        5 * unit,
      ),
      stroke(
        [
          [x + 86 * unit, y - 16 * unit],
          [x + 86 * unit, y],
        ],
        '#333',
        5 * unit,
      ),
    );
  }
  if (snowman) parts.push(man(random, width * random.between(0.2, 0.34), height * 0.88, unit));
  for (let i = 0; i < people; i++)
    parts.push(
      person(canvas, width * (random.between(0.42, 0.48) + 0.1 * i), height * (0.86 + 0.05 * i), 84 * unit, {
        helmet: random.pick(['#b5179e', '#e63946', '#1d6fa5']),
        arms: random.pick(['out', 'up', 'down']),
      }),
    );
  for (let i = 0; i < falling; i++)
    parts.push(
      circle(random.between(0, width), random.between(0, height), random.between(1, 3) * unit, '#fff', {
        opacity: 0.9,
      }),
    );
  return parts;
}

function fir(random, x, y, s) {
  const green = random.pick(['#2f5d50', '#3b6b57', '#27504a']);
  const tiers = [0, 1, 2].flatMap((i) => {
    const w = (44 - 10 * i) * s;
    const base = y - (14 + 32 * i) * s;
    return [
      polygon(
        [
          [x - w, base],
          [x, base - 52 * s],
          [x + w, base],
        ],
        green,
      ),
      polygon(
        [
          [x - w * 0.45, base - 28 * s],
          [x, base - 52 * s],
          [x + w * 0.45, base - 28 * s],
          [x + w * 0.12, base - 22 * s],
          [x - w * 0.15, base - 24 * s],
        ],
        '#f8fbfd',
      ),
    ];
  });
  return [rect(x - 5 * s, y - 16 * s, 10 * s, 16 * s, '#5b3d2b'), tiers];
}

function man(random, x, y, unit) {
  const scarf = random.pick(['#d62828', '#1d70b8', '#2a9d8f', '#f4a261']);
  const ball = (dy, r) => circle(x, y - dy * unit, r * unit, '#fff', { stroke: '#c7d3de', 'stroke-width': 2 * unit });
  return [
    ellipse(x, y, 42 * unit, 8 * unit, '#9fb2c4', { opacity: 0.5 }),
    stroke(
      [
        [x - 22 * unit, y - 74 * unit],
        [x - 56 * unit, y - 98 * unit],
      ],
      '#5b3d2b',
      4 * unit,
    ),
    stroke(
      [
        [x + 22 * unit, y - 74 * unit],
        [x + 54 * unit, y - 92 * unit],
      ],
      '#5b3d2b',
      4 * unit,
    ),
    ball(30, 34),
    ball(76, 25),
    ball(112, 18),
    rect(x - 20 * unit, y - 98 * unit, 40 * unit, 8 * unit, scarf, { rx: 4 * unit }),
    rect(x + 6 * unit, y - 96 * unit, 9 * unit, 26 * unit, scarf, { rx: 3 * unit }),
    circle(x - 6 * unit, y - 116 * unit, 2.4 * unit, '#222'),
    circle(x + 6 * unit, y - 116 * unit, 2.4 * unit, '#222'),
    polygon(
      [
        [x, y - 112 * unit],
        [x + 18 * unit, y - 108 * unit],
        [x, y - 107 * unit],
      ],
      '#f77f00',
    ),
    rect(x - 20 * unit, y - 130 * unit, 40 * unit, 5 * unit, '#22252b'),
    rect(x - 13 * unit, y - 152 * unit, 26 * unit, 24 * unit, '#22252b'),
    ...[66, 78].map((dy) => circle(x, y - dy * unit, 2.6 * unit, '#222')),
  ];
}
