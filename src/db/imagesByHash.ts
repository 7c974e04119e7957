// Images by the hash of their content.
import type { Pool } from 'pg';

export interface ImageRow {
  readonly sha256: string;
  readonly bytes: number;
  readonly mimeType: string;
  readonly width: number;
  readonly height: number;
  readonly phash: string;
  readonly createdAt: Date;
}

/** SQL: the columns of an ImageRow from images `i`. */
export const IMAGE_COLUMNS = `i.sha256, i.bytes, i.mime_type AS "mimeType", i.width, i.height, i.phash, i.created_at AS "createdAt"`;

/** The images that exist, in any order. */
export async function imagesByHash(pool: Pool, sha256s: readonly string[]): Promise<ImageRow[]> {
  const { rows } = await pool.query<ImageRow>(
    `SELECT ${IMAGE_COLUMNS} FROM images i WHERE i.sha256 = ANY($1::bpchar[])`,
    [sha256s],
  );
  return rows;
}
