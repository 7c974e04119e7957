// The stored vectors of images' shown captions.

import type { ClientBase, Pool } from 'pg';
import type { EmbeddingResult } from '../inference/inference.js';
import { NEWEST_EDIT } from './shownText.js';
import { uuidv7 } from './uuidv7.js';

/** What an image shows, and what was embedded of it. */
export interface EmbeddingWork {
  /** The shown text; null: none (yet). */
  readonly shown: string | null;
  /** The text that was embedded by the model, or null where there is no such vector. */
  readonly embedded: string | null;
}

/** By image; one that is not there shows nothing. */
export async function embeddingWork(
  client: Pool | ClientBase,
  sha256s: readonly string[],
  modelDigest: string,
): Promise<Map<string, EmbeddingWork>> {
  const { rows } = await client.query<EmbeddingWork & { sha256: string }>(
    `SELECT i.sha256, coalesce(e.text, c.text) AS shown, v.text AS embedded FROM images i
     LEFT JOIN captions c ON c.id = i.current_caption_id ${NEWEST_EDIT}
     LEFT JOIN embeddings v ON v.image_sha256 = i.sha256 AND v.kind = 'CAPTION' AND v.model_digest = $2
     WHERE i.sha256 = ANY($1::bpchar[])`,
    [sha256s, modelDigest],
  );
  return new Map(rows.map(({ sha256, ...work }) => [sha256, work]));
}

/** An image's shown text with its vector. */
export interface CaptionEmbedding {
  readonly sha256: string;
  readonly text: string;
  readonly embedding: EmbeddingResult;
}

/** Writes or replaces the vectors, one an image. */
export async function storeCaptionEmbeddings(
  client: ClientBase,
  embeddings: readonly CaptionEmbedding[],
): Promise<void> {
  const sha256s = embeddings.map(({ sha256 }) => sha256);
  await client.query(
    `INSERT INTO embeddings (id, image_sha256, kind, model_digest, dimension, text, vector)
     SELECT id, sha256, 'CAPTION', digest, dimension, text, vector::vector
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[])
       AS given(id, sha256, digest, dimension, text, vector)
     ON CONFLICT (image_sha256, kind, model_digest)
     DO UPDATE SET text = excluded.text, vector = excluded.vector, dimension = excluded.dimension, created_at = now()`,
    [
      embeddings.map(() => uuidv7()),
      sha256s,
      embeddings.map(({ embedding }) => embedding.modelDigest),
      embeddings.map(({ embedding }) => embedding.vector.length),
      embeddings.map(({ text }) => text),
      embeddings.map(({ embedding }) => `[${embedding.vector.join(',')}]`),
    ],
  );
  // Its place on the map is that of another text, or there is none yet.
  await client.query(
    `INSERT INTO map_points (image_sha256) SELECT unnest($1::text[])
     ON CONFLICT (image_sha256) DO UPDATE SET layout = 0, landmark = false`,
    [sha256s],
  );
}
