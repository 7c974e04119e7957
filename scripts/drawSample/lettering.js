// Capital letters as strokes on a 4 x 6 grid: signs look the same on every machine, whatever fonts it has.
import { stroke } from './svg.js';

// Each letter: strokes of x,y pairs, y downwards.
const letters = {
  A: ['06 03 20 43 46', '04 44'],
  B: ['00 06 36 45 44 33 03', '00 30 41 42 33'],
  C: ['41 30 10 01 05 16 36 45'],
  D: ['00 06 26 44 42 20 00'],
  E: ['40 00 06 46', '03 33'],
  F: ['40 00 06', '03 33'],
  G: ['41 30 10 01 05 16 36 45 43 23'],
  H: ['00 06', '40 46', '03 43'],
  I: ['20 26', '10 30', '16 36'],
  J: ['40 45 36 16 05'],
  K: ['00 06', '40 03 46'],
  L: ['00 06 46'],
  M: ['06 00 23 40 46'],
  N: ['06 00 46 40'],
  O: ['10 30 41 45 36 16 05 01 10'],
  P: ['06 00 30 41 42 33 03'],
  Q: ['10 30 41 45 36 16 05 01 10', '24 46'],
  R: ['06 00 30 41 42 33 03', '23 46'],
  S: ['41 30 10 01 02 13 33 44 45 36 16 05'],
  T: ['00 40', '20 26'],
  U: ['00 05 16 36 45 40'],
  V: ['00 26 40'],
  W: ['00 16 23 36 40'],
  X: ['00 46', '40 06'],
  Y: ['00 23 40', '23 26'],
  Z: ['00 40 06 46'],
  '!': ['20 24', '26 26'],
};

/** Writes capitals centred in a box; a word that is wide makes the letters small. */
export function lettering(word, { x, y, width, height, colour }) {
  const size = Math.min(width / (word.length * 5.2 - 1.2), height / 6);
  const left = x + (width - size * (word.length * 5.2 - 1.2)) / 2;
  const top = y + (height - size * 6) / 2;
  return [...word]
    .flatMap((letter, i) =>
      (letters[letter] ?? []).map((line) =>
        stroke(
          line.split(' ').map(([a, b]) => [left + size * (i * 5.2 + Number(a)), top + size * Number(b)]),
          colour,
          size * 0.9,
        ),
      ),
    )
    .join('');
}
