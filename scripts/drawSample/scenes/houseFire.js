import { fireEngine, person } from '../figures.js';
import { sky, smoke, terrace, tree } from '../surroundings.js';
import { blur, circle, ellipse, group, path, polygon, rect, stroke } from '../svg.js';

/** A house on fire; `engine`: a fire engine with crew and hose; `after`: burnt out, only smoke. */
export function houseFire(canvas, { time = 'day', engine = false, after = false }) {
  const { random, width, height, unit } = canvas;
  const night = time === 'night';
  const ground = height * 0.78;
  const w = random.between(150, 180) * unit;
  const x = width * random.between(0.2, 0.45);
  const h = random.between(100, 120) * unit;
  const top = ground - h;
  const walls = night ? '#5d4038' : random.pick(['#d8b48a', '#c9a27e', '#bdbfae', '#d3a59a']);
  const roof = after ? '#2a2624' : random.pick(['#7a3b2e', '#59423a']);
  const parts = [
    sky(canvas, time, ground),
    terrace(canvas, ground, { dim: night, lit: night ? 0.25 : 0.05, low: 40, high: 75 }),
    rect(0, ground, width, height - ground, night ? '#23262e' : '#8a8f87'),
    rect(0, ground, width, 9 * unit, night ? '#31343d' : '#aab09f'),
    tree(canvas, width * 0.08, ground, 0.9),
    smoke(canvas, x + w * 0.55, top - 20 * unit, {
      height: top * 0.95,
      drift: random.between(-140, 160) * unit,
      puffs: after ? 20 : 38,
    }),
  ];
  if (!after)
    parts.push(
      circle(x + w / 2, top, 130 * unit, '#ff8c1a', { opacity: night ? 0.35 : 0.15, filter: 'url(#glow)' }),
      blur('glow', 30 * unit),
    );
  parts.push(
    rect(x, top, w, h, walls),
    polygon(
      [
        [x - 12 * unit, top],
        [x + w / 2, top - 62 * unit],
        [x + w + 12 * unit, top],
      ],
      roof,
    ),
    rect(x + w * 0.75, top - 52 * unit, 16 * unit, 40 * unit, '#6b3b30'),
  );
  for (const [column, row] of [
    [0.12, 0.12],
    [0.42, 0.12],
    [0.72, 0.12],
    [0.12, 0.56],
    [0.72, 0.56],
  ]) {
    const burning = random.chance(0.75);
    const [wx, wy, ww, wh] = [x + w * column, top + h * row, w * 0.17, h * 0.26];
    parts.push(
      rect(wx, wy, ww, wh, after ? '#171514' : burning ? '#ffb703' : '#5c6f7a', {
        stroke: '#efe6d8',
        'stroke-width': 2 * unit,
      }),
    );
    if (after || burning)
      parts.push(ellipse(wx + ww / 2, wy - 8 * unit, ww * 0.6, 16 * unit, '#1b1716', { opacity: 0.55 }));
    if (burning && !after) parts.push(flame(random, wx + ww / 2, wy + wh * 0.8, random.between(0.7, 1.1) * unit));
  }
  parts.push(rect(x + w * 0.42, ground - h * 0.42, w * 0.17, h * 0.42, '#4a2f24'));
  if (!after) {
    for (let i = 0; i < 7; i++)
      parts.push(
        flame(
          random,
          x + w * (0.1 + 0.13 * i),
          top - 50 * unit * (1 - Math.abs(0.13 * i - 0.4) * 2) + 16 * unit,
          random.between(1.1, 2) * unit,
        ),
      );
  } else {
    parts.push(
      polygon(
        [
          [x + w * 0.3, top - 22 * unit],
          [x + w * 0.42, top - 40 * unit],
          [x + w * 0.6, top - 34 * unit],
          [x + w * 0.66, top - 8 * unit],
          [x + w * 0.4, top - 6 * unit],
        ],
        '#0f0d0d',
      ),
    );
  }
  if (engine) {
    const road = height * 0.95;
    const at = x > width * 0.33 ? width * 0.03 : width * 0.52;
    const length = Math.min(190 * unit, width * 0.46);
    parts.push(fireEngine(at, road, length));
    const man = at < width / 3 ? at + length + 35 * unit : at - 28 * unit;
    const aim = x + w * 0.5;
    parts.push(
      path(`M${man} ${road - 30 * unit} Q${(man + aim) / 2} ${top - 60 * unit} ${aim} ${top + 10 * unit}`, 'none', {
        stroke: '#d8f0ff',
        'stroke-width': 5 * unit,
        opacity: 0.8,
        'stroke-linecap': 'round',
      }),
    );
    parts.push(
      stroke(
        [
          [at + 90 * unit, road - 6 * unit],
          [man, road - 4 * unit],
          [man, road - 30 * unit],
        ],
        '#e9c46a',
        3 * unit,
      ),
    );
    for (const dx of [0, 26])
      parts.push(
        person(canvas, man + dx * unit, road, 62 * unit, {
          shirt: '#d4a017',
          trousers: '#3d3a2c',
          helmet: '#f1f1f1',
          arms: dx ? 'down' : 'out',
        }),
      );
  }
  return parts;
}

function flame(random, x, y, s) {
  const lean = random.between(-10, 10) * s;
  const tongue = (k, colour) =>
    path(
      `M${x - 14 * s * k} ${y} C${x - 20 * s * k} ${y - 22 * s * k} ${x - 4 * s + lean * k} ${y - 26 * s * k} ${x + lean * k} ${y - 50 * s * k} C${x + 6 * s + lean * k} ${y - 28 * s * k} ${x + 20 * s * k} ${y - 22 * s * k} ${x + 14 * s * k} ${y}Z`,
      colour,
    );
  return group({ opacity: 0.95 }, tongue(1, '#f3510d'), tongue(0.7, '#ff9a1f'), tongue(0.4, '#ffe45c'));
}
