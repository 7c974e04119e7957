// A number of 32 bits that equal points share, and others seldom do, however small or large their numbers are.
// Source: MurmurHash3 (A. Appleby), 32 bits, over the bits of each number; without its last mix, as a Map mixes too.

const number = new Float64Array(1);
const words = new Int32Array(number.buffer);

export function hashPoint(point: Float64Array): number {
  let hash = 0;
  for (let i = 0; i < point.length; i += 1) {
    // -0 equals 0, but has other bits: -0 + 0 is 0.
    number[0] = point[i]! + 0;
    hash = withWord(withWord(hash, words[0]!), words[1]!);
  }
  return hash;
}

/** Rotations bring high bits down: of powers of two only those differ. */
function withWord(hash: number, word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  const added = hash ^ Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
  return (Math.imul((added << 13) | (added >>> 19), 5) + 0xe6546b64) | 0;
}
