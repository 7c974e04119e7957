// Which stored pictures are this one, or look just like it?
import type { Pool } from 'pg';
import { nearHash } from '../nearHash.js';
import { type SearchScope, scopeWhere } from './searchScope.js';

export interface SamePicture {
  /** The newest post of the scope that shows it. */
  readonly id: string;
  readonly sha256: string;
  /** Of 64, in which the perceptual hashes differ. */
  readonly differingBits: number;
}

/**
 * At most `limit` pictures that posts of the scope show: with these bytes, or whose perceptual hash differs from this one in at most `most` bits (to
 * MOST_BITS); the nearest first.
 */
export async function samePictures(
  pool: Pool,
  {
    sha256,
    phash,
    most,
    scope,
    limit,
  }: {
    readonly sha256: string;
    readonly phash: string;
    readonly most: number;
    readonly scope: SearchScope;
    readonly limit: number;
  },
): Promise<SamePicture[]> {
  const { inScope, values, place } = scopeWhere(scope);
  const bytes = place(sha256);
  const alike = nearHash(`${place(phash)}::text`, `${place(most)}::int`);
  const { rows } = await pool.query<SamePicture>(
    `SELECT p.id, i.sha256, i.differing AS "differingBits"
     FROM (${alike} UNION SELECT sha256, 0 FROM images WHERE sha256 = ${bytes}::bpchar) i JOIN LATERAL (
       SELECT p.id, p.posted_at FROM post_images pi JOIN posts p ON p.id = pi.post_id WHERE pi.image_sha256 = i.sha256 AND ${inScope}
       ORDER BY p.posted_at DESC, p.id DESC LIMIT 1
     ) p ON true
     ORDER BY i.sha256 = ${bytes}::bpchar DESC, i.differing, p.posted_at DESC, i.sha256 LIMIT ${place(limit)}`,
    values,
  );
  return rows;
}
