// Which stored pictures are much the same as this one?
import type { Pool } from 'pg';
import { IMAGE_COLUMNS, type ImageRow } from './imageRow.js';
import { MOST_BITS, nearHash } from './nearHash.js';

export interface NearImage extends ImageRow {
  readonly nearTo: string;
  /** Of 64. */
  readonly differingBits: number;
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
       SELECT sha256, differing FROM (${nearHash('wanted.phash', '$2')}) alike WHERE sha256 <> wanted.sha256
       ORDER BY differing, sha256 LIMIT $3
     ) near ON true
     JOIN images i ON i.sha256 = near.sha256
     WHERE wanted.sha256 = ANY($1::bpchar[])
     ORDER BY near.differing, near.sha256`,
    [sha256s, most, limit],
  );
  return rows;
}
