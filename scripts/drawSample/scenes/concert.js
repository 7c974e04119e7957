import { heads } from '../figures.js';
import { circle, ellipse, gradient, group, polygon, rect, stroke } from '../svg.js';

/** A stage at night; `hue`: colour of the lights in degrees; `band`: how many play; `phase` 0..1 swings the beams. */
export function concert(canvas, { hue = 280, band = 3, phase = 0 }) {
  const { random, width, height, unit } = canvas;
  const floor = height * 0.66;
  const light = (shift, lightness = 60) => `hsl(${(hue + shift) % 360}, 90%, ${lightness}%)`;
  const parts = [gradient('dark', ['#05050c', '#151228', '#0b0a16']), rect(0, 0, width, height, 'url(#dark)')];
  parts.push(
    rect(width * 0.12, height * 0.2, width * 0.76, floor - height * 0.2, '#1b1830'),
    rect(width * 0.2, height * 0.26, width * 0.6, (floor - height * 0.26) * 0.7, light(0, 26)),
  );
  for (let i = 0; i < 26; i++)
    parts.push(
      circle(
        width * random.between(0.21, 0.79),
        height * random.between(0.28, 0.5),
        random.between(2, 12) * unit,
        light(random.between(-50, 60), 60),
        { opacity: 0.55 },
      ),
    );
  for (let i = 0; i < 6; i++) {
    const x = width * (0.15 + 0.14 * i);
    const lean = (random.between(-110, 110) + 70 * Math.sin(2 * Math.PI * (phase + i / 6))) * unit;
    parts.push(
      polygon(
        [
          [x, height * 0.1],
          [x + lean - 46 * unit, height * 0.92],
          [x + lean + 46 * unit, height * 0.92],
        ],
        light(i * 22 - 40),
        { opacity: 0.26 },
      ),
      circle(x, height * 0.1, 7 * unit, '#fff'),
      circle(x, height * 0.1, 14 * unit, light(i * 22 - 40), { opacity: 0.5 }),
    );
  }
  parts.push(rect(width * 0.06, height * 0.075, width * 0.88, 7 * unit, '#555b6e'));
  for (const x of [0.03, 0.87])
    for (let i = 0; i < 3; i++)
      parts.push(
        rect(width * x, floor - (36 + 40 * i) * unit, width * 0.1, 38 * unit, '#101018', { stroke: '#2e2e3c' }),
        circle(width * (x + 0.05), floor - (17 + 40 * i) * unit, 12 * unit, '#2b2b38'),
      );
  parts.push(rect(0, floor, width, 14 * unit, '#2b2444'));
  for (let i = 0; i < band; i++) parts.push(musician(width * (0.5 + 0.17 * (i - (band - 1) / 2)), floor, unit, i));
  parts.push(rect(0, floor + 14 * unit, width, height, '#0a0914', { opacity: 0.7 }));
  const crowd = ['#090812', '#13101f'];
  parts.push(heads(canvas, height * 0.82, 34 * unit, crowd));
  for (let i = 0; i < 9; i++) {
    const x = width * random.between(0.02, 0.98);
    const top = height * random.between(0.68, 0.78);
    parts.push(
      stroke(
        [
          [x, height * 0.95],
          [x + random.between(-8, 8) * unit, top],
        ],
        '#0d0b18',
        9 * unit,
      ),
      random.chance(0.4)
        ? rect(x - 7 * unit, top - 14 * unit, 14 * unit, 20 * unit, '#cfe8ff', { rx: 2 * unit })
        : circle(x, top, 6 * unit, '#0d0b18'),
    );
  }
  parts.push(heads(canvas, height * 0.92, 46 * unit, ['#050409', '#0a0812']));
  return parts;
}

function musician(x, y, unit, role) {
  const body = [
    circle(x, y - 74 * unit, 9 * unit, '#0a0911'),
    rect(x - 10 * unit, y - 65 * unit, 20 * unit, 36 * unit, '#0a0911', { rx: 6 * unit }),
    stroke(
      [
        [x - 4 * unit, y - 32 * unit],
        [x - 7 * unit, y],
      ],
      '#0a0911',
      8 * unit,
    ),
    stroke(
      [
        [x + 4 * unit, y - 32 * unit],
        [x + 9 * unit, y],
      ],
      '#0a0911',
      8 * unit,
    ),
  ];
  if (role % 3 === 1)
    return group(
      {},
      body,
      stroke(
        [
          [x + 16 * unit, y],
          [x + 16 * unit, y - 68 * unit],
          [x + 7 * unit, y - 72 * unit],
        ],
        '#c8ccd8',
        2.5 * unit,
      ),
      stroke(
        [
          [x - 8 * unit, y - 58 * unit],
          [x - 20 * unit, y - 86 * unit],
        ],
        '#0a0911',
        6 * unit,
      ),
    );
  if (role % 3 === 2)
    return group(
      {},
      ellipse(x, y - 18 * unit, 24 * unit, 18 * unit, '#b23a48'),
      circle(x - 26 * unit, y - 28 * unit, 11 * unit, '#d8d8e0'),
      body.slice(0, 2),
      stroke(
        [
          [x + 14 * unit, y - 50 * unit],
          [x + 38 * unit, y - 52 * unit],
        ],
        '#e0b84a',
        3 * unit,
      ),
    );
  return group(
    {},
    body,
    ellipse(x + 4 * unit, y - 38 * unit, 14 * unit, 10 * unit, '#c1440e'),
    stroke(
      [
        [x + 4 * unit, y - 40 * unit],
        [x - 34 * unit, y - 60 * unit],
      ],
      '#7a5230',
      4 * unit,
    ),
  );
}
