// People and vehicles.
import { circle, ellipse, path, rect, stroke } from './svg.js';

const skins = ['#f2cfb1', '#e0ac83', '#c68a5f', '#8d5a3a', '#5c3a26'];
const hairs = ['#2b1d14', '#5a3a22', '#a8743a', '#d8b56a', '#3b3b3f', '#b8b8b8'];

/** Someone seen from the front, standing on `y`, `size` tall. `arms`: down, up or out. */
export function person({ random }, x, y, size, options = {}) {
  const {
    shirt = random.pick(['#c0392b', '#2471a3', '#239b56', '#d68910', '#7d3c98', '#34495e', '#e8e8e8']),
    trousers = random.pick(['#2c3e50', '#4a4a4a', '#5d4a3a', '#1f2f4f']),
    skin = random.pick(skins),
    hair = random.pick(hairs),
    arms = 'down',
    helmet,
  } = options;
  const s = size / 100;
  const hand = { down: [17, 44], up: [22, 92], out: [30, 66] }[arms];
  const limb = (side) =>
    stroke(
      [
        [x + side * 9 * s, y - 70 * s],
        [x + side * (arms === 'up' ? 19 : 16) * s, y - (arms === 'up' ? 78 : 58) * s],
        [x + side * hand[0] * s, y - hand[1] * s],
      ],
      shirt,
      7 * s,
    );
  return [
    stroke(
      [
        [x - 6 * s, y - 40 * s],
        [x - 7 * s, y - 3 * s],
      ],
      trousers,
      10 * s,
    ),
    stroke(
      [
        [x + 6 * s, y - 40 * s],
        [x + 7 * s, y - 3 * s],
      ],
      trousers,
      10 * s,
    ),
    limb(-1),
    limb(1),
    rect(x - 13 * s, y - 76 * s, 26 * s, 40 * s, shirt, { rx: 7 * s }),
    circle(x - hand[0] * s, y - hand[1] * s, 4 * s, skin),
    circle(x + hand[0] * s, y - hand[1] * s, 4 * s, skin),
    rect(x - 3 * s, y - 82 * s, 6 * s, 8 * s, skin),
    circle(x, y - 89 * s, 10.5 * s, skin),
    helmet
      ? path(`M${x - 12 * s} ${y - 90 * s} a${12 * s} ${12 * s} 0 0 1 ${24 * s} 0Z`, helmet)
      : path(
          `M${x - 10.5 * s} ${y - 90 * s} a${10.5 * s} ${10.5 * s} 0 0 1 ${21 * s} 0 q${-10 * s} ${-6 * s} ${-21 * s} 0Z`,
          hair,
        ),
    circle(x - 4 * s, y - 88 * s, 1.2 * s, '#222'),
    circle(x + 4 * s, y - 88 * s, 1.2 * s, '#222'),
  ];
}

/** A row of heads and shoulders seen from behind, for crowds at the lower edge. */
export function heads({ random, width }, y, size, colours) {
  const parts = [];
  for (let x = -random.between(0, size); x < width + size; x += size * random.between(0.75, 1.05)) {
    const dy = random.between(-0.15, 0.15) * size;
    const colour = random.pick(colours);
    parts.push(
      ellipse(x, y + dy + size * 0.75, size * 0.5, size * 0.55, colour),
      circle(x, y + dy, size * 0.27, random.pick(colours.length > 2 ? hairs : colours)),
    );
  }
  return parts;
}

/** A car from the side, `length` long, its wheels on `y`. */
export function car(x, y, length, colour) {
  const s = length / 100;
  return [
    ellipse(x + 50 * s, y, 50 * s, 3 * s, '#000', { opacity: 0.25 }),
    path(
      `M${x + 2 * s} ${y - 8 * s} q0 ${-14 * s} ${10 * s} ${-15 * s} l${14 * s} ${-2 * s} q${8 * s} ${-15 * s} ${20 * s} ${-15 * s} h${18 * s} q${12 * s} 0 ${18 * s} ${15 * s} q${16 * s} ${1 * s} ${16 * s} ${12 * s} v${5 * s}Z`,
      colour,
    ),
    path(`M${x + 30 * s} ${y - 25 * s} q${7 * s} ${-11 * s} ${15 * s} ${-11 * s} h${2 * s} v${11 * s}Z`, '#cfe6f2'),
    path(`M${x + 51 * s} ${y - 36 * s} h${12 * s} q${9 * s} 0 ${13 * s} ${11 * s} h${-25 * s}Z`, '#cfe6f2'),
    rect(x + 93 * s, y - 19 * s, 5 * s, 5 * s, '#fff3b0', { rx: 2 * s }),
    rect(x + 3 * s, y - 18 * s, 4 * s, 5 * s, '#d63031', { rx: 1 * s }),
    circle(x + 23 * s, y - 7 * s, 9 * s, '#222'),
    circle(x + 23 * s, y - 7 * s, 4 * s, '#bbb'),
    circle(x + 76 * s, y - 7 * s, 9 * s, '#222'),
    circle(x + 76 * s, y - 7 * s, 4 * s, '#bbb'),
  ];
}

/** A car from behind, `size` wide, standing on `y`; `x` is its middle. */
export function carBehind(x, y, size, colour) {
  const s = size / 100;
  return [
    ellipse(x, y, 52 * s, 5 * s, '#000', { opacity: 0.3 }),
    rect(x - 44 * s, y - 16 * s, 16 * s, 16 * s, '#1c1c1e', { rx: 4 * s }),
    rect(x + 28 * s, y - 16 * s, 16 * s, 16 * s, '#1c1c1e', { rx: 4 * s }),
    path(
      `M${x - 36 * s} ${y - 44 * s} l${10 * s} ${-28 * s} q${3 * s} ${-6 * s} ${8 * s} ${-6 * s} h${36 * s} q${5 * s} 0 ${8 * s} ${6 * s} l${10 * s} ${28 * s}Z`,
      colour,
    ),
    path(`M${x - 28 * s} ${y - 46 * s} l${7 * s} ${-22 * s} h${42 * s} l${7 * s} ${22 * s}Z`, '#33424f'),
    rect(x - 48 * s, y - 46 * s, 96 * s, 36 * s, colour, { rx: 9 * s }),
    rect(x - 45 * s, y - 40 * s, 18 * s, 9 * s, '#ff3b30', { rx: 3 * s }),
    rect(x + 27 * s, y - 40 * s, 18 * s, 9 * s, '#ff3b30', { rx: 3 * s }),
    rect(x - 14 * s, y - 30 * s, 28 * s, 9 * s, '#f4f4ef', { rx: 1.5 * s }),
    rect(x - 46 * s, y - 16 * s, 92 * s, 5 * s, '#000', { opacity: 0.25 }),
  ];
}

/** A fire engine from the side, `length` long, its wheels on `y`. */
export function fireEngine(x, y, length) {
  const s = length / 120;
  return [
    ellipse(x + 60 * s, y, 62 * s, 4 * s, '#000', { opacity: 0.3 }),
    rect(x, y - 48 * s, 82 * s, 40 * s, '#c81d25', { rx: 3 * s }),
    path(`M${x + 82 * s} ${y - 8 * s} v${-46 * s} h${24 * s} l${13 * s} ${22 * s} v${24 * s}Z`, '#d62828'),
    path(`M${x + 88 * s} ${y - 32 * s} v${-16 * s} h${15 * s} l${9 * s} ${16 * s}Z`, '#cfe6f2'),
    rect(x, y - 24 * s, 119 * s, 5 * s, '#fdfdfd'),
    stroke(
      [
        [x + 2 * s, y - 55 * s],
        [x + 84 * s, y - 55 * s],
      ],
      '#c9ced6',
      3 * s,
    ),
    stroke(
      [
        [x + 2 * s, y - 51 * s],
        [x + 84 * s, y - 51 * s],
      ],
      '#c9ced6',
      2 * s,
    ),
    rect(x + 92 * s, y - 60 * s, 10 * s, 6 * s, '#3a86ff', { rx: 2 * s }),
    circle(x + 97 * s, y - 58 * s, 14 * s, '#3a86ff', { opacity: 0.3 }),
    ...[22, 98].flatMap((at) => [
      circle(x + at * s, y - 8 * s, 11 * s, '#222'),
      circle(x + at * s, y - 8 * s, 5 * s, '#999'),
    ]),
  ];
}
