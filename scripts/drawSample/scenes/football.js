import { person } from '../figures.js';
import { sky } from '../surroundings.js';
import { circle, ellipse, polygon, rect, stroke } from '../svg.js';

/** A football match; `view`: goal or midfield; `kits`: two shirt colours; `celebrate`: everyone of the first kit cheers. */
export function football(
  canvas,
  { time = 'day', view = 'midfield', kits = ['#d62828', '#1d4ed8'], celebrate = false },
) {
  const { random, width, height, unit } = canvas;
  const horizon = height * 0.42;
  const parts = [sky(canvas, time, horizon), stand(canvas, height * 0.16, horizon, kits, time)];
  for (let i = 0; i < 9; i++) {
    const a = horizon + (height - horizon) * (i / 9) ** 1.4;
    const b = horizon + (height - horizon) * ((i + 1) / 9) ** 1.4;
    parts.push(rect(0, a, width, b - a + 1, i % 2 ? '#3c9a4a' : '#47ab56'));
  }
  parts.push(
    stroke(
      [
        [0, horizon + 3 * unit],
        [width, horizon + 3 * unit],
      ],
      '#f4fff4',
      2 * unit,
    ),
  );
  if (view === 'midfield') {
    parts.push(
      stroke(
        [
          [width / 2, horizon],
          [width / 2, height],
        ],
        '#f4fff4',
        3 * unit,
      ),
      ellipse(width / 2, height * 0.72, 110 * unit, 42 * unit, 'none', { stroke: '#f4fff4', 'stroke-width': 3 * unit }),
    );
  } else {
    parts.push(goal(width * random.between(0.32, 0.42), horizon + 26 * unit, 150 * unit, 72 * unit, unit));
    parts.push(
      stroke(
        [
          [0, height * 0.72],
          [width, height * 0.72],
        ],
        '#f4fff4',
        3 * unit,
      ),
      circle(width / 2, height * 0.84, 4 * unit, '#f4fff4'),
    );
    parts.push(
      person(canvas, width * 0.52, horizon + 34 * unit, 56 * unit, { shirt: '#f6c90e', trousers: '#222', arms: 'out' }),
    );
  }
  const players = Array.from({ length: celebrate ? 7 : 8 }, (_, i) => ({
    x: celebrate ? width * (0.2 + 0.1 * i) : width * random.between(0.05, 0.95),
    y: height * random.between(0.6, 0.96),
    kit: celebrate ? (i < 6 ? 0 : 1) : i % 2,
  })).sort((a, b) => a.y - b.y);
  for (const { x, y, kit } of players) {
    const size = (46 + 70 * ((y - horizon) / (height - horizon))) * unit;
    parts.push(ellipse(x, y, size * 0.22, size * 0.04, '#000', { opacity: 0.25 }));
    parts.push(
      person(canvas, x, y, size, {
        shirt: kits[kit],
        trousers: kit ? '#f1f1f1' : '#fff',
        arms: celebrate && kit === 0 ? 'up' : random.pick(['down', 'out']),
      }),
    );
  }
  const bx = width * random.between(0.3, 0.7);
  const by = height * random.between(0.85, 0.93);
  parts.push(
    ellipse(bx, by + 8 * unit, 10 * unit, 3 * unit, '#000', { opacity: 0.3 }),
    circle(bx, by, 9 * unit, '#fff', { stroke: '#333', 'stroke-width': unit }),
    circle(bx, by, 3.4 * unit, '#222'),
    circle(bx + 6 * unit, by - 3 * unit, 2 * unit, '#222'),
    circle(bx - 6 * unit, by + 3 * unit, 2 * unit, '#222'),
  );
  return parts;
}

function stand({ random, width, unit }, top, bottom, kits, time) {
  const parts = [
    polygon(
      [
        [0, top],
        [width, top],
        [width, bottom],
        [0, bottom],
      ],
      time === 'night' ? '#2a2f3d' : '#7d8590',
    ),
  ];
  for (let y = top + 9 * unit; y < bottom - 12 * unit; y += 9 * unit) {
    for (let x = random.between(0, 8) * unit; x < width; x += random.between(7, 10) * unit) {
      parts.push(
        circle(x, y, 3.6 * unit, random.pick([kits[0], kits[0], kits[1], '#f2e9dc', '#e8b48a', '#3b3b45', '#f6c90e'])),
      );
    }
  }
  parts.push(rect(0, bottom - 12 * unit, width, 12 * unit, '#20324e'));
  for (let x = 0; x < width; x += 60 * unit)
    parts.push(
      rect(x + 4 * unit, bottom - 10 * unit, 48 * unit, 8 * unit, random.pick(['#f6c90e', '#ffffff', '#3ddc97'])),
    );
  if (time === 'night')
    for (const x of [0.1, 0.9])
      parts.push(
        stroke(
          [
            [width * x, top],
            [width * x, top - 50 * unit],
          ],
          '#8d99ae',
          4 * unit,
        ),
        rect(width * x - 18 * unit, top - 62 * unit, 36 * unit, 14 * unit, '#fffbe0'),
        circle(width * x, top - 55 * unit, 34 * unit, '#fffbe0', { opacity: 0.25 }),
      );
  return parts;
}

function goal(x, y, w, h, unit) {
  const net = [];
  for (let i = 0; i <= 12; i++)
    net.push(
      stroke(
        [
          [x + (w * i) / 12, y - h],
          [x + (w * i) / 12, y],
        ],
        '#fff',
        0.8 * unit,
        { opacity: 0.6 },
      ),
    );
  for (let i = 0; i <= 6; i++)
    net.push(
      stroke(
        [
          [x, y - (h * i) / 6],
          [x + w, y - (h * i) / 6],
        ],
        '#fff',
        0.8 * unit,
        { opacity: 0.6 },
      ),
    );
  return [
    net,
    stroke(
      [
        [x, y],
        [x, y - h],
        [x + w, y - h],
        [x + w, y],
      ],
      '#fff',
      4 * unit,
    ),
  ];
}
