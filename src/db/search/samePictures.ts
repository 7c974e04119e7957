// Which stored pictures are this one, or look just like it?
import type { Pool } from 'pg';
import { type SearchScope, scopeWhere } from './searchScope.js';

export interface SamePicture {
  /** The newest post of the scope that shows it. */
  readonly id: string;
  readonly sha256: string;
  readonly phash: string;
}

/** At most `limit` pictures with one of these hashes, of their bytes or of their looks, that posts of the scope show. */
export async function samePictures(
  pool: Pool,
  {
    sha256,
    phashes,
    scope,
    limit,
  }: {
    readonly sha256: string;
    readonly phashes: readonly string[];
    readonly scope: SearchScope;
    readonly limit: number;
  },
): Promise<SamePicture[]> {
  const { inScope, values, place } = scopeWhere(scope);
  const [bytes, looks] = [place(sha256), place(phashes)];
  const { rows } = await pool.query<SamePicture>(
    `SELECT p.id, i.sha256, i.phash FROM images i JOIN LATERAL (
       SELECT p.id, p.posted_at FROM post_images pi JOIN posts p ON p.id = pi.post_id WHERE pi.image_sha256 = i.sha256 AND ${inScope}
       ORDER BY p.posted_at DESC, p.id DESC LIMIT 1
     ) p ON true WHERE i.sha256 = ${bytes}::bpchar OR i.phash = ANY(${looks}::bpchar[])
     ORDER BY i.sha256 = ${bytes}::bpchar DESC, p.posted_at DESC, i.sha256 LIMIT ${place(limit)}`,
    values,
  );
  return rows;
}
