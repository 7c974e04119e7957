import { circle, ellipse, path, polygon, rect, stroke } from '../svg.js';

/** A cat on a window sill or a sofa; `fur`: its colour, `place`: sill or sofa. */
export function cat(canvas, { fur = '#e08e45', place = 'sofa' }) {
  const { random, width, height, unit } = canvas;
  const seat = height * 0.78;
  const parts = [rect(0, 0, width, height, random.pick(['#f3e3d0', '#dbe7e4', '#e9dff0']))];
  if (place === 'sill') {
    parts.push(
      rect(width * 0.14, height * 0.06, width * 0.72, seat - height * 0.06, '#9ed2ee', {
        stroke: '#fff',
        'stroke-width': 12 * unit,
      }),
      ellipse(width * 0.6, seat, width * 0.3, 70 * unit, '#7bb662'),
      rect(width * 0.49, height * 0.06, 10 * unit, seat - height * 0.06, '#fff'),
      rect(0, seat, width, 18 * unit, '#fff'),
      rect(0, seat + 18 * unit, width, height, '#cdb79e'),
    );
    parts.push(
      rect(width * 0.8, seat - 40 * unit, 40 * unit, 40 * unit, '#b5651d'),
      ...[-24, 0, 24].map((a) =>
        path(
          `M${width * 0.8 + 20 * unit} ${seat - 40 * unit} q${a * unit} ${-40 * unit} ${a * 1.6 * unit} ${-72 * unit} q${-a * 0.2 * unit + 14 * unit} ${40 * unit} ${-a * 1.6 * unit} ${72 * unit}Z`,
          '#3f8f5b',
        ),
      ),
    );
  } else {
    const sofa = random.pick(['#5b7c99', '#8f5d6f', '#5f8f7b']);
    parts.push(
      rect(width * 0.06, seat - 150 * unit, width * 0.88, 170 * unit, sofa, { rx: 24 * unit }),
      rect(0, seat - 6 * unit, width, height, sofa, { rx: 16 * unit }),
      rect(0, seat + 4 * unit, width, 5 * unit, '#000', { opacity: 0.12 }),
      rect(width * 0.66, seat - 86 * unit, 84 * unit, 84 * unit, '#f2c14e', {
        rx: 12 * unit,
        transform: `rotate(12 ${width * 0.7} ${seat - 40 * unit})`,
      }),
    );
  }
  const x = width * random.between(0.36, 0.46);
  const belly = '#fff4e4';
  parts.push(
    path(`M${x + 50 * unit} ${seat - 20 * unit} q${90 * unit} ${20 * unit} ${70 * unit} ${-70 * unit}`, 'none', {
      stroke: fur,
      'stroke-width': 20 * unit,
      'stroke-linecap': 'round',
    }),
  );
  parts.push(
    ellipse(x, seat - 62 * unit, 62 * unit, 70 * unit, fur),
    ellipse(x, seat - 46 * unit, 32 * unit, 48 * unit, belly),
  );
  for (const side of [-1, 1])
    parts.push(
      ellipse(x + side * 26 * unit, seat - 6 * unit, 22 * unit, 13 * unit, fur),
      ellipse(x + side * 26 * unit, seat - 2 * unit, 16 * unit, 8 * unit, belly),
    );
  return [...parts, face(x, seat - 158 * unit, unit, fur, belly)];
}

function face(x, y, unit, fur, belly) {
  const ears = [-1, 1].flatMap((side) => [
    polygon(
      [
        [x + side * 54 * unit, y - 8 * unit],
        [x + side * 50 * unit, y - 66 * unit],
        [x + side * 12 * unit, y - 40 * unit],
      ],
      fur,
    ),
    polygon(
      [
        [x + side * 47 * unit, y - 22 * unit],
        [x + side * 45 * unit, y - 52 * unit],
        [x + side * 24 * unit, y - 38 * unit],
      ],
      '#f0a6a0',
    ),
  ]);
  const eyes = [-1, 1].flatMap((side) => [
    ellipse(x + side * 24 * unit, y - 4 * unit, 12 * unit, 14 * unit, '#a7c957'),
    ellipse(x + side * 24 * unit, y - 4 * unit, 4.5 * unit, 12 * unit, '#1b1b1b'),
    circle(x + side * 24 * unit + 3 * unit, y - 9 * unit, 2.6 * unit, '#fff'),
  ]);
  const whiskers = [-1, 1].flatMap((side) =>
    [-6, 2, 10].map((dy) =>
      stroke(
        [
          [x + side * 16 * unit, y + 24 * unit],
          [x + side * 72 * unit, y + (18 + dy * 1.6) * unit],
        ],
        '#fff',
        1.6 * unit,
      ),
    ),
  );
  const stripes = [-14, 0, 14].map((dx) =>
    stroke(
      [
        [x + dx * unit, y - 44 * unit],
        [x + dx * 0.8 * unit, y - 26 * unit],
      ],
      '#000',
      5 * unit,
      { opacity: 0.25 },
    ),
  );
  return [
    ears,
    ellipse(x, y, 60 * unit, 50 * unit, fur),
    stripes,
    ellipse(x, y + 24 * unit, 28 * unit, 18 * unit, belly),
    eyes,
    polygon(
      [
        [x - 7 * unit, y + 12 * unit],
        [x + 7 * unit, y + 12 * unit],
        [x, y + 20 * unit],
      ],
      '#d9736a',
    ),
    path(
      `M${x} ${y + 20 * unit} q${-2 * unit} ${12 * unit} ${-14 * unit} ${9 * unit} M${x} ${y + 20 * unit} q${2 * unit} ${12 * unit} ${14 * unit} ${9 * unit}`,
      'none',
      { stroke: '#8a4b3f', 'stroke-width': 2.4 * unit },
    ),
    whiskers,
  ];
}
