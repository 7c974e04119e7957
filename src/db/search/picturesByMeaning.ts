// Which pictures have captions whose vectors are the nearest to this one?
import type { Pool } from 'pg';
import type { EmbeddingResult } from '../../inference/inference.js';
import { withTransaction } from '../withTransaction.js';
import { type SearchScope, scopeWhere } from './searchScope.js';

export interface NearPicture {
  /** The newest post of the scope that shows it. */
  readonly id: string;
  readonly sha256: string;
  /** Of its caption's vector, the cosine of the angle: at most 1. */
  readonly similarity: number;
}

/** At most `limit` pictures that posts of the scope show, the nearest first; only vectors of the same model are compared. */
export async function picturesByMeaning(
  pool: Pool,
  { near, scope, limit }: { readonly near: EmbeddingResult; readonly scope: SearchScope; readonly limit: number },
): Promise<NearPicture[]> {
  const { inScope, values, place } = scopeWhere(scope);
  const { length } = near.vector;
  // As the migrations' indexes have it, of vectors of common lengths; others are compared one by one.
  const type = `vector(${length})`;
  const distance = `e.vector::${type} <=> ${place(`[${near.vector.join(',')}]`)}::${type}`;
  const comparable = `e.kind = 'CAPTION' AND e.dimension = ${length} AND e.model_digest = ${place(near.modelDigest)}`;
  const columns = `p.id, e.image_sha256 AS sha256, 1 - (${distance}) AS similarity`;
  // Few posts: all of their pictures. Many: from the nearest picture on, until enough are shown by posts of the scope.
  const sql = !scope.few
    ? `SELECT ${columns} FROM embeddings e JOIN LATERAL (
           SELECT p.id FROM post_images pi JOIN posts p ON p.id = pi.post_id WHERE pi.image_sha256 = e.image_sha256 AND ${inScope}
           ORDER BY p.posted_at DESC, p.id DESC LIMIT 1
         ) p ON true WHERE ${comparable} ORDER BY ${distance} LIMIT ${place(limit)}`
    : `SELECT * FROM (
           SELECT DISTINCT ON (e.image_sha256) ${columns} FROM posts p JOIN post_images pi ON pi.post_id = p.id
           JOIN embeddings e ON e.image_sha256 = pi.image_sha256 WHERE ${inScope} AND ${comparable}
           ORDER BY e.image_sha256, p.posted_at DESC, p.id DESC
         ) shown ORDER BY similarity DESC LIMIT ${place(limit)}`;
  const rows = await withTransaction(pool, async (client) => {
    // Until enough pass the conditions, of the nearest few thousand at most; what is found then is not quite in order.
    await client.query(
      `SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', $1, true),
         set_config('hnsw.max_scan_tuples', '4000', true)`,
      [String(limit)],
    );
    return (await client.query<NearPicture>(sql, values)).rows;
  });
  return rows.sort((a, b) => b.similarity - a.similarity || (a.sha256 < b.sha256 ? -1 : 1));
}
