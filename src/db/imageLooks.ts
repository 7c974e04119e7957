// What is known of pictures by their content, for whoever brings the same ones again.
import type { Pool } from 'pg';
import type { ImageValues } from './upsertPostImages.js';

/** Those of these hashes that have an image, in any order. */
export async function imageLooks(pool: Pool, sha256s: readonly string[]): Promise<ImageValues[]> {
  const { rows } = await pool.query<ImageValues>(
    `SELECT sha256::text, bytes, mime_type AS "mimeType", width, height, phash::text FROM images WHERE sha256 = ANY($1::bpchar[])`,
    [sha256s],
  );
  return rows;
}
