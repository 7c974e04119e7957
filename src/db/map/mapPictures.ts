// Pictures with their captions and, where they have one, their places: what a layout is made from, and what it is told by.
import type { Pool } from 'pg';
import { storedVector, VECTOR_BYTES } from './storedVector.js';

export interface MapPicture {
  readonly sha256: string;
  readonly number: number;
  /** The caption that was embedded. */
  readonly text: string;
  /** 0: it has no place yet. */
  readonly layout: number;
  readonly x: number;
  readonly y: number;
  readonly ordinal: number;
  readonly landmark: boolean;
}

const PAGE = 10_000;

/** The newest `most` that are embedded, the oldest of them first. Read page by page. */
export async function mapPictures(
  pool: Pool,
  { embedderDigest, most }: { readonly embedderDigest: string; readonly most: number },
): Promise<MapPicture[]> {
  const found: MapPicture[] = [];
  for (let before = 2 ** 31 - 1; found.length < most; ) {
    const limit = Math.min(PAGE, most - found.length);
    const { rows } = await pool.query<MapPicture>(
      `SELECT m.image_sha256 AS sha256, m.number, e.text, m.layout, m.x, m.y, m.ordinal, m.landmark
       FROM map_points m JOIN embeddings e ON e.image_sha256 = m.image_sha256 AND e.kind = 'CAPTION' AND e.model_digest = $1
       WHERE m.number < $2 ORDER BY m.number DESC LIMIT $3`,
      [embedderDigest, before, limit],
    );
    found.push(...rows);
    if (rows.length < limit) break;
    before = rows.at(-1)!.number;
  }
  return found.reverse();
}

/** The vectors of these, in their order; undefined of one that has none any more. */
export async function vectorsOf(
  pool: Pool,
  { embedderDigest, sha256s }: { readonly embedderDigest: string; readonly sha256s: readonly string[] },
): Promise<(Float32Array | undefined)[]> {
  const found = new Map<string, Float32Array>();
  for (let from = 0; from < sha256s.length; from += PAGE) {
    const { rows } = await pool.query<{ sha256: string; bytes: Buffer }>(
      `SELECT e.image_sha256 AS sha256, ${VECTOR_BYTES} AS bytes FROM embeddings e
       WHERE e.image_sha256 = ANY($1::bpchar[]) AND e.kind = 'CAPTION' AND e.model_digest = $2`,
      [sha256s.slice(from, from + PAGE), embedderDigest],
    );
    for (const { sha256, bytes } of rows) found.set(sha256, storedVector(bytes));
  }
  return sha256s.map((sha256) => found.get(sha256));
}
