// Which stored pictures look like one? By the bits in which their perceptual hashes differ. A hash has four parts of 16 bits: two that
// differ in at most 7 bits have a part in which at most one does, so that 17 values of each part find all of them by
// an index (images_phash_1 to _4). Source: multi-index hashing, M. Norouzi et al., CVPR 2012.

/** Bits in which hashes may differ and still be found. */
export const MOST_BITS = 7;

/** SQL: of the pictures whose hashes differ from `phash` (SQL, 16 hex digits) in at most `most` bits (SQL, to MOST_BITS) `sha256` and `differing`. */
export function nearHash(phash: string, most: string): string {
  return `SELECT sha256, differing
    FROM (${[1, 2, 3, 4].map((part) => likeInPart(phash, part)).join(' UNION ')}) AS alike,
         LATERAL (SELECT bit_count(('x' || alike.phash)::bit(64) # ('x' || ${phash})::bit(64))::int) AS bits (differing)
    WHERE differing <= ${most}`;
}

/** SQL: images with a part (1 to 4) in which at most one bit differs. */
function likeInPart(phash: string, part: number): string {
  const text = (of: string) => `substr(${of}, ${4 * part - 3}, 4)`;
  return `SELECT o.sha256, o.phash FROM images o WHERE ${text('o.phash')} = ANY(ARRAY(
    SELECT lpad(to_hex(('x' || ${text(phash)})::bit(16)::int # flip), 4, '0')
    FROM (SELECT 0 UNION ALL SELECT 1 << bit FROM generate_series(0, 15) AS bit) AS flips (flip)))`;
}
