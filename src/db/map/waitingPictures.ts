// Which pictures wait for their place on the map?
import type { Pool } from 'pg';
import { storedVector, VECTOR_BYTES } from './storedVector.js';

export interface WaitingPicture {
  readonly sha256: string;
  /** The caption that was embedded. */
  readonly text: string;
  readonly vector: Float32Array;
}

/** At most `limit`, in the order in which they came. */
export async function waitingPictures(
  pool: Pool,
  { embedderDigest, limit }: { readonly embedderDigest: string; readonly limit: number },
): Promise<WaitingPicture[]> {
  const { rows } = await pool.query<{ sha256: string; text: string; bytes: Buffer }>(
    `SELECT m.image_sha256 AS sha256, e.text, ${VECTOR_BYTES} AS bytes
     FROM map_points m JOIN embeddings e ON e.image_sha256 = m.image_sha256 AND e.kind = 'CAPTION' AND e.model_digest = $1
     WHERE m.layout = 0 ORDER BY m.number LIMIT $2`,
    [embedderDigest, limit],
  );
  return rows.map(({ sha256, text, bytes }) => ({ sha256, text, vector: storedVector(bytes) }));
}
