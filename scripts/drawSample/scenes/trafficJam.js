import { carBehind } from '../figures.js';
import { hills, lamp, sky, terrace } from '../surroundings.js';
import { polygon, rect, stroke } from '../svg.js';

/** Lanes full of cars seen from behind; `town`: houses at the horizon, hills otherwise; `snow`: white verges. */
export function trafficJam(canvas, { time = 'day', town = true, snow = false, lanes = 3 }) {
  const { random, width, height, unit } = canvas;
  const horizon = height * 0.36;
  const night = time === 'night';
  const parts = [
    sky(canvas, time, horizon),
    town
      ? terrace(canvas, horizon + 4 * unit, { low: 40, high: 110, dim: night, lit: night ? 0.5 : 0.1 })
      : hills(canvas, horizon, snow ? '#dfe7ee' : '#6d8f63'),
    rect(0, horizon, width, height - horizon, snow ? '#eef2f5' : night ? '#20302a' : '#86a36b'),
  ];
  // One vanishing point above the horizon's middle; t is 0 there and 1 at the lower edge.
  const vanish = { x: width * random.between(0.42, 0.58), y: horizon };
  const at = (lane, t) => vanish.x + ((lane / lanes - 0.5) * width * 1.35 + (width / 2 - vanish.x)) * t;
  parts.push(
    polygon(
      [
        [at(0, 0.03), horizon],
        [at(lanes, 0.03), horizon],
        [at(lanes, 1), height],
        [at(0, 1), height],
      ],
      night ? '#30333a' : '#5a5e63',
    ),
  );
  for (let lane = 1; lane < lanes; lane++) {
    for (let t = 0.06; t < 1; t *= 1.35) {
      const [a, b] = [t, t * 1.15].map((u) => [at(lane, u), vanish.y + (height - vanish.y) * u]);
      parts.push(stroke([a, b], '#f3f3ee', Math.max(1, 5 * t * unit)));
    }
  }
  for (const t of [0.12, 0.25, 0.5])
    parts.push(lamp(at(-0.18, t), vanish.y + (height - vanish.y) * t, 2.4 * t * unit, night));
  const colours = ['#c0392b', '#2c3e50', '#ecf0f1', '#2980b9', '#7f8c8d', '#111418', '#d4ac0d', '#1e8449'];
  for (let t = 0.1; t < 1.05; t *= 1.42) {
    for (let lane = 0; lane < lanes; lane++) {
      const u = t * random.between(0.94, 1.06);
      if (random.chance(0.08)) continue;
      parts.push(
        carBehind(
          at(lane + 0.5, u),
          vanish.y + (height - vanish.y) * u,
          ((width * 1.35) / lanes) * u * 0.66,
          random.pick(colours),
        ),
      );
    }
  }
  return parts;
}
