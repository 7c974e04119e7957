// The places: painted anew for every scene, since a model would learn a fixed set of backdrops by heart.

import { type Canvas, type Colour, ellipse, gradient, mix, peak, rectangle, stroke } from './canvas.js';
import type { Facts, Place } from './facts.js';
import { FIELD, horizonOf } from './layout.js';
import type { Random } from './random.js';

interface Painter {
  readonly canvas: Canvas;
  readonly random: Random;
  readonly night: boolean;
  readonly snow: boolean;
  readonly horizon: number;
  /** A colour varied a little, and darkened by night. */
  colour(r: number, g: number, b: number): Colour;
  /** The same for the ground, which snow covers. */
  ground(r: number, g: number, b: number): Colour;
}

const WHITE: Colour = [236, 240, 246];
const NIGHT: Colour = [0.36, 0.39, 0.52];

/** Paints the place of the facts over the whole canvas. */
export function paintPlace(canvas: Canvas, { place, time, weather }: Facts, random: Random): void {
  const night = time === 'night';
  const snow = weather === 'snow';
  const vary = () => random.between(-12, 12);
  const dim = ([r, g, b]: Colour): Colour => (night ? [r * NIGHT[0], g * NIGHT[1], b * NIGHT[2]] : [r, g, b]);
  const clamp = (value: number) => Math.min(255, Math.max(0, value));
  const varied = (r: number, g: number, b: number): Colour => {
    const d = vary();
    return [clamp(r + d + vary() / 2), clamp(g + d), clamp(b + d + vary() / 2)];
  };
  const painter: Painter = {
    canvas,
    random,
    night,
    snow,
    horizon: horizonOf(place),
    colour: (r, g, b) => dim(varied(r, g, b)),
    ground: (r, g, b) => dim(snow ? mix(varied(r, g, b), WHITE, 0.82) : varied(r, g, b)),
  };
  if (place !== 'stage') sky(painter, weather);
  PAINTERS[place](painter);
}

function sky({ canvas, random, night, horizon }: Painter, weather: Facts['weather']): void {
  const vary = () => random.between(-10, 10);
  const day: Readonly<Record<Facts['weather'], readonly [Colour, Colour]>> = {
    clear: random.chance(0.8)
      ? [
          [92, 160, 226],
          [190, 222, 244],
        ]
      : [
          [120, 140, 200],
          [250, 205, 160],
        ],
    rain: [
      [118, 126, 138],
      [160, 166, 174],
    ],
    snow: [
      [176, 184, 196],
      [216, 221, 228],
    ],
    fog: [
      [200, 204, 208],
      [214, 216, 218],
    ],
    storm: [
      [52, 56, 70],
      [96, 100, 112],
    ],
    haze: [
      [176, 150, 118],
      [206, 178, 142],
    ],
  };
  const dark: Readonly<Record<Facts['weather'], readonly [Colour, Colour]>> = {
    clear: [
      [10, 14, 42],
      [34, 40, 84],
    ],
    rain: [
      [22, 26, 38],
      [44, 50, 64],
    ],
    snow: [
      [34, 40, 60],
      [66, 72, 94],
    ],
    fog: [
      [66, 70, 80],
      [88, 92, 100],
    ],
    storm: [
      [12, 12, 24],
      [36, 36, 54],
    ],
    haze: [
      [52, 40, 32],
      [84, 66, 50],
    ],
  };
  const [top, low] = (night ? dark : day)[weather];
  const shift = vary();
  const moved = ([r, g, b]: Colour): Colour =>
    [r + shift + vary() / 3, g + shift, b + shift + vary() / 3].map((v) =>
      Math.min(255, Math.max(0, v)),
    ) as unknown as Colour;
  gradient(canvas, 0, horizon + 1, moved(top), moved(low));
  if (weather !== 'clear') {
    if (weather === 'rain' || weather === 'storm')
      clouds({ canvas, random, tone: weather === 'storm' ? [40, 42, 54] : [100, 106, 118], night, horizon });
    return;
  }
  if (night) {
    for (let i = 0; i < 14; i++)
      rectangle(canvas, random.between(0, FIELD), random.between(0, horizon * 0.8), 1, 1, [220, 225, 255], 0.8);
    ellipse(canvas, random.between(8, 88), random.between(6, 14), 4.5, 4.5, [244, 240, 214]);
  } else {
    if (random.chance(0.6)) ellipse(canvas, random.between(6, 90), random.between(5, 14), 5.5, 5.5, [255, 236, 130]);
    if (random.chance(0.7)) clouds({ canvas, random, tone: [248, 250, 252], night, horizon, few: true });
  }
}

function clouds({
  canvas,
  random,
  tone,
  night,
  horizon,
  few,
}: {
  canvas: Canvas;
  random: Random;
  tone: Colour;
  night: boolean;
  horizon: number;
  few?: boolean;
}): void {
  const colour = night ? mix(tone, [10, 12, 24], 0.6) : tone;
  const count = few === true ? 1 + random.below(3) : 7;
  for (let i = 0; i < count; i++) {
    const x = random.between(0, FIELD);
    const y = random.between(3, few === true ? horizon * 0.5 : 12);
    for (let k = -1; k < 2; k++) ellipse(canvas, x + 5 * k, y + Math.abs(k), 6, 3.2, colour, 0.75);
  }
}

const PAINTERS: Readonly<Record<Place, (painter: Painter) => void>> = {
  street: (painter) => {
    buildings(painter, 0.6);
    road(painter);
  },
  square: (painter) => {
    const { canvas, random, horizon } = painter;
    arcades(painter);
    const stone = painter.ground(196, 184, 164);
    rectangle(canvas, 0, horizon, FIELD, FIELD - horizon, stone);
    const joint = mix(stone, [90, 84, 78], 0.45);
    for (let y = horizon + 3, step = 4; y < FIELD; y += step, step *= 1.3) rectangle(canvas, 0, y, FIELD, 0.9, joint);
    const middle = random.between(30, 66);
    for (let x = -180; x <= 280; x += 24) stroke(canvas, middle + (x - middle) * 0.45, horizon, x, FIELD, 0.9, joint);
  },
  park: (painter) => {
    const { canvas, random, horizon } = painter;
    for (let i = 0; i < 7; i++) {
      const x = (i + random.next()) * 14;
      const radius = random.between(6, 11);
      rectangle(canvas, x - 1, horizon - 8, 2, 9, painter.colour(96, 70, 46));
      ellipse(canvas, x, horizon - 9, radius, radius * 0.9, painter.ground(58, 120, 52));
    }
    gradient(canvas, horizon, FIELD, painter.ground(104, 170, 76), painter.ground(78, 142, 58));
    const path = painter.ground(206, 186, 142);
    const foot = random.between(20, 76);
    for (let y = horizon; y < FIELD; y += 1) {
      const near = (y - horizon) / (FIELD - horizon);
      rectangle(canvas, foot + (1 - near) * 14 - 2 - 11 * near, y, 4 + 22 * near, 1.2, path);
    }
    for (let i = 0; i < 16 && !painter.snow; i++) {
      const bloom = painter.colour(
        ...random.pick<Colour>([
          [240, 90, 110],
          [250, 220, 90],
          [250, 250, 250],
        ]),
      );
      rectangle(canvas, random.between(0, FIELD), random.between(horizon + 4, FIELD), 1.2, 1.2, bloom);
    }
  },
  beach: (painter) => {
    const { canvas, random, horizon } = painter;
    const shore = random.between(64, 70);
    gradient(canvas, horizon, shore, painter.colour(38, 110, 170), painter.colour(74, 172, 196));
    for (let i = 0; i < 18; i++) {
      const y = random.between(horizon + 2, shore - 1);
      rectangle(canvas, random.between(-4, FIELD), y, random.between(4, 12), 0.9, painter.colour(190, 226, 236), 0.7);
    }
    rectangle(canvas, 0, shore - 1.5, FIELD, 2.5, painter.colour(240, 246, 248));
    gradient(canvas, shore + 1, FIELD, painter.colour(222, 196, 142), painter.colour(240, 216, 164));
  },
  stadium: (painter) => {
    const { canvas, random, night, horizon } = painter;
    rectangle(canvas, 0, 16, FIELD, horizon - 16, painter.colour(110, 112, 124));
    const fans: readonly Colour[] = [
      [220, 60, 60],
      [60, 90, 200],
      [240, 220, 90],
      [240, 240, 240],
      [60, 150, 90],
      [230, 140, 60],
    ];
    for (let y = 18; y < horizon - 3; y += 2.6) {
      for (let x = random.between(0, 2); x < FIELD; x += 2.6) {
        const fan = random.pick(fans);
        rectangle(canvas, x, y, 1.6, 1.6, night ? mix(fan, [10, 12, 30], 0.35) : fan);
      }
    }
    rectangle(
      canvas,
      0,
      horizon - 3,
      FIELD,
      3.5,
      painter.colour(
        ...random.pick<Colour>([
          [30, 60, 150],
          [180, 40, 40],
          [240, 240, 240],
        ]),
      ),
    );
    for (let i = 0; i < 7; i++) {
      const green: Colour = painter.snow ? [222, 230, 228] : i % 2 === 0 ? [66, 156, 66] : [82, 174, 78];
      // Floodlights keep the grass bright.
      gradient(canvas, horizon + 8 * i, horizon + 8 * (i + 1), green, night ? mix(green, [20, 40, 40], 0.25) : green);
    }
    rectangle(canvas, 0, horizon + random.between(8, 14), FIELD, 1, [240, 244, 240]);
    for (const x of [6, 86]) {
      rectangle(canvas, x + 1.5, 8, 1.2, 10, painter.colour(90, 90, 96));
      rectangle(canvas, x - 2, 3, 8, 5, night ? [255, 252, 224] : [206, 210, 216]);
    }
  },
  stage: (painter) => {
    const { canvas, random, horizon } = painter;
    const hue = random.pick<Colour>([
      [96, 30, 120],
      [150, 24, 60],
      [24, 50, 140],
      [20, 100, 96],
      [150, 80, 20],
    ]);
    gradient(canvas, 0, horizon, mix(hue, [0, 0, 0], 0.75), mix(hue, [0, 0, 0], 0.2));
    for (let i = 0; i < 4; i++) {
      const x = 12 + 24 * i + random.between(-5, 5);
      const beam = random.pick<Colour>([
        [255, 230, 150],
        [255, 120, 180],
        [120, 200, 255],
        [170, 255, 170],
      ]);
      peak(canvas, x, 2, horizon + 6, random.between(9, 15), beam, 0.33);
      ellipse(canvas, x, 3, 2.6, 2.6, mix(beam, [255, 255, 255], 0.6));
    }
    const curtain = painter.colour(140, 24, 36);
    for (const side of [0, 1]) {
      for (let k = 0; k < 3; k++)
        rectangle(canvas, side === 0 ? 3 * k : 93 - 3 * k, 0, 2.6, horizon + 6, mix(curtain, [0, 0, 0], 0.2 * k));
    }
    gradient(canvas, horizon, FIELD, painter.colour(120, 78, 46), painter.colour(86, 54, 34));
    for (let y = horizon + 5, step = 5; y < FIELD; y += step, step *= 1.25)
      rectangle(canvas, 0, y, FIELD, 0.8, [60, 38, 24]);
    rectangle(canvas, 0, horizon - 1, FIELD, 1.4, [40, 26, 20]);
  },
  flood: (painter) => {
    const { canvas, random, horizon } = painter;
    buildings(painter, 0.5);
    const water = painter.colour(124, 112, 88);
    gradient(canvas, horizon, FIELD, mix(water, [170, 176, 176], 0.35), water);
    for (let i = 0; i < 34; i++) {
      const y = random.between(horizon + 2, FIELD);
      rectangle(canvas, random.between(-6, FIELD), y, random.between(5, 16), 0.9, painter.colour(190, 188, 172), 0.6);
    }
    const x = random.chance(0.5) ? random.between(2, 8) : random.between(86, 92);
    rectangle(canvas, x, horizon - 12, 1.4, 17, painter.colour(130, 130, 136));
    rectangle(canvas, x - 3, horizon - 14, 7.4, 5, painter.colour(210, 50, 50));
  },
  mountains: (painter) => {
    const { canvas, random, horizon } = painter;
    for (let i = 0; i < 4; i++) {
      const x = i * 30 + random.between(-8, 12);
      const top = random.between(12, 26);
      const half = random.between(24, 34);
      const rock = painter.colour(110, 116, 134);
      peak(canvas, x, top, horizon + 1, half, rock);
      peak(canvas, x, top, top + 9, half * (9 / (horizon - top)), painter.colour(238, 242, 248));
    }
    gradient(canvas, horizon, FIELD, painter.ground(120, 150, 90), painter.ground(96, 128, 72));
    for (let i = 0; i < 9; i++)
      ellipse(
        canvas,
        random.between(0, FIELD),
        random.between(horizon + 6, FIELD),
        random.between(1.5, 4),
        1.4,
        painter.ground(132, 130, 126),
      );
  },
  desert: (painter) => {
    const { canvas, random, horizon } = painter;
    gradient(canvas, horizon - 1, FIELD, painter.colour(232, 182, 108), painter.colour(214, 156, 84));
    for (let i = 0; i < 3; i++)
      ellipse(
        canvas,
        random.between(0, FIELD),
        horizon + 3,
        random.between(22, 40),
        random.between(5, 9),
        painter.colour(238, 190, 118),
      );
    for (let i = 0; i < 12; i++)
      rectangle(
        canvas,
        random.between(-8, FIELD),
        random.between(horizon + 8, FIELD),
        random.between(10, 26),
        0.9,
        painter.colour(196, 138, 72),
        0.7,
      );
    for (let i = 0; i < 2; i++) {
      const x = random.between(4, 92);
      const base = horizon + random.between(3, 8);
      const green = painter.colour(66, 120, 60);
      rectangle(canvas, x, base - 14, 2.4, 14, green);
      rectangle(canvas, x - 4, base - 9, 4, 1.8, green);
      rectangle(canvas, x - 4, base - 12, 1.8, 4, green);
      rectangle(canvas, x + 2.4, base - 7, 3.6, 1.8, green);
      rectangle(canvas, x + 4.4, base - 11, 1.8, 5, green);
    }
  },
  forest: (painter) => {
    const { canvas, random, horizon } = painter;
    rectangle(canvas, 0, 22, FIELD, horizon - 20, painter.ground(34, 78, 44));
    for (let i = 0; i < 13; i++) {
      const x = i * 7.8 + random.between(-2, 3);
      const top = random.between(8, 22);
      for (let k = 0; k < 3; k++) {
        peak(
          canvas,
          x,
          top + 8 * k,
          top + 8 * k + 15,
          5 + 1.8 * k,
          painter.snow && k === 0 ? painter.ground(40, 92, 50) : painter.colour(36, 92, 52),
        );
      }
      rectangle(canvas, x - 1, top + 31, 2, Math.max(0, horizon - top - 30), painter.colour(84, 58, 38));
    }
    gradient(canvas, horizon, FIELD, painter.ground(84, 104, 52), painter.ground(104, 88, 52));
    for (let i = 0; i < 26; i++)
      rectangle(canvas, random.between(0, FIELD), random.between(horizon, FIELD), 1.6, 2, painter.ground(62, 112, 46));
  },
};

function buildings(painter: Painter, tallness: number): void {
  const { canvas, random, night, horizon } = painter;
  for (let x = random.between(-10, 0); x < FIELD; ) {
    const width = random.between(13, 24);
    const top = horizon * (1 - tallness * random.between(0.6, 1.3));
    const wall = painter.colour(
      ...random.pick<Colour>([
        [176, 130, 104],
        [150, 156, 168],
        [198, 182, 150],
        [132, 104, 96],
        [170, 178, 150],
      ]),
    );
    rectangle(canvas, x, top, width, horizon - top + 1, wall);
    if (painter.snow) rectangle(canvas, x, top - 1, width, 2, painter.ground(230, 230, 236));
    for (let wy = top + 3; wy < horizon - 6; wy += 6) {
      for (let wx = x + 2; wx < x + width - 3; wx += 5) {
        const lit = night && random.chance(0.6);
        rectangle(canvas, wx, wy, 2.6, 3.4, lit ? [250, 214, 120] : mix(wall, [40, 54, 84], night ? 0.4 : 0.6));
      }
    }
    x += width;
  }
}

function arcades(painter: Painter): void {
  const { canvas, random, night, horizon } = painter;
  const wall = painter.colour(
    ...random.pick<Colour>([
      [222, 190, 140],
      [206, 150, 120],
      [216, 206, 190],
    ]),
  );
  const top = horizon - random.between(22, 28);
  rectangle(canvas, 0, top, FIELD, horizon - top + 1, wall);
  rectangle(canvas, 0, top, FIELD, 2.4, painter.snow ? painter.ground(230, 230, 236) : mix(wall, [90, 40, 30], 0.6));
  const inside: Colour = night ? [240, 196, 110] : mix(wall, [40, 34, 44], 0.7);
  for (let x = random.between(1, 5); x < FIELD; x += 9) {
    ellipse(canvas, x + 3, horizon - 9, 3, 3.4, inside);
    rectangle(canvas, x, horizon - 9, 6, 9.5, inside);
    rectangle(canvas, x + 1.6, top + 4.5, 2.8, 4, night ? [250, 220, 140] : mix(wall, [40, 54, 84], 0.6));
  }
  const tower = random.between(8, 80);
  rectangle(canvas, tower, top - 15, 9, 16, mix(wall, [120, 90, 80], 0.25));
  peak(canvas, tower + 4.5, top - 23, top - 15, 5.5, painter.colour(150, 66, 52));
  ellipse(canvas, tower + 4.5, top - 9, 2.4, 2.4, [244, 240, 224]);
}

function road(painter: Painter): void {
  const { canvas, random, night, horizon } = painter;
  rectangle(canvas, 0, horizon, FIELD, 7, painter.ground(186, 182, 176));
  const tar = painter.snow ? painter.ground(150, 152, 158) : painter.ground(88, 90, 98);
  rectangle(canvas, 0, horizon + 7, FIELD, FIELD - horizon - 7, tar);
  rectangle(canvas, 0, horizon + 6.4, FIELD, 1.2, mix(tar, [220, 220, 220], 0.5));
  const y = random.between(72, 80);
  for (let x = random.between(-10, 0); x < FIELD; x += 18)
    rectangle(canvas, x, y, 10, 1.6, night ? [150, 150, 140] : [238, 236, 220]);
  for (let x = random.between(4, 16); x < FIELD; x += 38) {
    rectangle(canvas, x, horizon - 22, 1.2, 26, painter.colour(70, 74, 80));
    rectangle(canvas, x - 2, horizon - 24, 5, 2.4, night ? [255, 236, 160] : painter.colour(120, 124, 130));
    if (night) ellipse(canvas, x + 0.5, horizon - 22, 6, 6, [255, 226, 140], 0.25);
  }
}
