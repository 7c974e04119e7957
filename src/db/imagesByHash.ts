// Images by the hash of their content.
import type { Pool } from 'pg';
import { IMAGE_COLUMNS, type ImageRow } from './imageRow.js';

/** The images that exist, in any order. */
export async function imagesByHash(pool: Pool, sha256s: readonly string[]): Promise<ImageRow[]> {
  const { rows } = await pool.query<ImageRow>(
    `SELECT ${IMAGE_COLUMNS} FROM images i WHERE i.sha256 = ANY($1::bpchar[])`,
    [sha256s],
  );
  return rows;
}
