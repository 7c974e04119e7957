import { circle, ellipse, path, polygon, rect, stroke } from '../svg.js';

/** A cake with `candles` on a table, balloons and paper flags behind it. */
export function birthdayCake(canvas, { candles = 5, icing = '#f7a1c4' }) {
  const { random, width, height, unit } = canvas;
  const table = height * 0.76;
  const bright = ['#ef476f', '#ffd166', '#06d6a0', '#118ab2', '#9b5de5', '#f78c6b'];
  const parts = [rect(0, 0, width, height, random.pick(['#fff1e0', '#e3f2fd', '#eef7e8']))];
  for (let i = 0; i * 34 * unit < width; i++) {
    const x = i * 34 * unit;
    parts.push(
      polygon(
        [
          [x, 10 * unit],
          [x + 28 * unit, 10 * unit],
          [x + 14 * unit, 42 * unit],
        ],
        bright[i % bright.length],
      ),
    );
  }
  for (let i = 0; i < 6; i++) {
    const x = width * (i < 3 ? random.between(0.05, 0.25) : random.between(0.75, 0.95));
    const y = height * random.between(0.22, 0.5);
    parts.push(
      path(`M${x} ${y + 30 * unit} q${10 * unit} ${50 * unit} 0 ${110 * unit}`, 'none', {
        stroke: '#999',
        'stroke-width': 1.4 * unit,
      }),
      ellipse(x, y, 24 * unit, 30 * unit, random.pick(bright)),
      ellipse(x - 8 * unit, y - 10 * unit, 5 * unit, 9 * unit, '#fff', { opacity: 0.5 }),
    );
  }
  parts.push(
    rect(0, table, width, height, '#b07d4f'),
    rect(0, table, width, 8 * unit, '#c99566'),
    ellipse(width / 2, table + 8 * unit, 150 * unit, 20 * unit, '#f4f4f4'),
  );
  const [x, bottom] = [width / 2, table + 4 * unit];
  const tiers = [
    [122, 62],
    [88, 50],
  ];
  let top = bottom;
  for (const [half, tall] of tiers) {
    const [w, h] = [half * unit, tall * unit];
    parts.push(
      ellipse(x, top, w, 12 * unit, '#7b4b2a'),
      rect(x - w, top - h, 2 * w, h, '#8f5a33'),
      rect(x - w, top - h * 0.55, 2 * w, 8 * unit, '#fff1d6'),
    );
    let drip = `M${x - w} ${top - h} `;
    for (let i = 0; i < 8; i++) drip += `q${w / 16} ${random.between(14, 34) * unit} ${w / 8} 0 t${w / 8} 0 `;
    parts.push(path(`${drip} Z`, icing), ellipse(x, top - h, w, 12 * unit, icing));
    top -= h;
  }
  for (let i = 0; i < candles; i++) {
    const cx = x + (i - (candles - 1) / 2) * Math.min(26, 150 / candles) * unit;
    parts.push(
      rect(cx - 3 * unit, top - 40 * unit, 6 * unit, 40 * unit, bright[i % bright.length]),
      circle(cx, top - 52 * unit, 14 * unit, '#ffd166', { opacity: 0.35 }),
      path(
        `M${cx} ${top - 64 * unit} q${8 * unit} ${14 * unit} 0 ${22 * unit} q${-8 * unit} ${-8 * unit} 0 ${-22 * unit}Z`,
        '#ff9f1c',
      ),
    );
  }
  for (let i = 0; i < 60; i++)
    parts.push(
      rect(random.between(0, width), random.between(0, height), 5 * unit, 3 * unit, random.pick(bright), {
        transform: undefined,
        opacity: 0.8,
      }),
    );
  return [
    ...parts,
    stroke(
      [
        [0, table],
        [width, table],
      ],
      '#d8a878',
      2 * unit,
    ),
  ];
}
