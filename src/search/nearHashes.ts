// Perceptual hashes that differ from one in few bits: an index finds each of them, where a comparison would have to look at every picture.

/** The hash (16 hex digits) and all that differ from it in one or two of its 64 bits: 2,081. */
export function nearHashes(phash: string): string[] {
  const hash = BigInt(`0x${phash}`);
  const bits = Array.from({ length: 64 }, (_, i) => 1n << BigInt(i));
  const found = [hash];
  for (const [i, one] of bits.entries()) {
    found.push(hash ^ one);
    for (const other of bits.slice(i + 1)) found.push(hash ^ one ^ other);
  }
  return found.map((near) => near.toString(16).padStart(16, '0'));
}
