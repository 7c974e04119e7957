// Which stored pictures are much the same as this one? By the bits in which their perceptual hashes differ. A hash has four parts of 16
// bits: two that differ in at most 7 bits have a part in which at most one does, so that 17 values of each part find all of them by
// an index (images_phash_1 to _4). Source: multi-index hashing, M. Norouzi et al., CVPR 2012.
import type { Pool } from 'pg';
import { IMAGE_COLUMNS, type ImageRow } from './imageRow.js';

/** Bits in which hashes may differ and still be found. */
export const MOST_BITS = 7;

export interface NearImage extends ImageRow {
  readonly nearTo: string;
  /** Of 64. */
  readonly differingBits: number;
}

/** SQL: images with a part (1 to 4) in which at most one bit differs from that of `wanted`. */
function likeInPart(part: number): string {
  const text = (alias: string) => `substr(${alias}.phash, ${4 * part - 3}, 4)`;
  return `SELECT o.sha256, o.phash FROM images o WHERE ${text('o')} = ANY(ARRAY(
    SELECT lpad(to_hex(('x' || ${text('wanted')})::bit(16)::int # flip), 4, '0')
    FROM (SELECT 0 UNION ALL SELECT 1 << bit FROM generate_series(0, 15) AS bit) AS flips (flip)))`;
}

/**
 * The images nearest to each, itself left out, which differ in at most `most` bits (to MOST_BITS); at most `limit` of each, the nearest
 * first.
 */
export async function nearImages(
  pool: Pool,
  { sha256s, most, limit }: { readonly sha256s: readonly string[]; readonly most: number; readonly limit: number },
): Promise<NearImage[]> {
  if (most > MOST_BITS) throw new Error(`nearImages: expected at most ${MOST_BITS} bits, got ${most}`);
  const { rows } = await pool.query<NearImage>(
    `SELECT wanted.sha256 AS "nearTo", ${IMAGE_COLUMNS}, near.differing AS "differingBits"
     FROM images wanted
     JOIN LATERAL (
       SELECT sha256, differing
       FROM (${[1, 2, 3, 4].map(likeInPart).join(' UNION ')}) AS alike,
            LATERAL (SELECT bit_count(('x' || alike.phash)::bit(64) # ('x' || wanted.phash)::bit(64))::int) AS bits (differing)
       WHERE sha256 <> wanted.sha256 AND differing <= $2
       ORDER BY differing, sha256 LIMIT $3
     ) near ON true
     JOIN images i ON i.sha256 = near.sha256
     WHERE wanted.sha256 = ANY($1::bpchar[])
     ORDER BY near.differing, near.sha256`,
    [sha256s, most, limit],
  );
  return rows;
}
