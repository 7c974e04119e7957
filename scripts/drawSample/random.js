// Seeded random numbers: the same seed draws the same picture everywhere.

/**
 * A source of random numbers from a text.
 * FNV-1a makes the seed, mulberry32 (Tommy Ettinger, public domain) the stream: small, and good enough for drawings.
 */
export function seededRandom(seed) {
  let state = 2166136261;
  for (const letter of seed) state = Math.imul(state ^ letter.codePointAt(0), 16777619) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    /** low <= x < high */
    between: (low, high) => low + (high - low) * next(),
    /** low <= x <= high, whole */
    integer: (low, high) => low + Math.floor((high - low + 1) * next()),
    pick: (items) => items[Math.floor(items.length * next())],
    chance: (probability) => next() < probability,
  };
}
