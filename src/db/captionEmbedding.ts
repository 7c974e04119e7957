// The stored vector of an image's shown caption.
import { randomUUID } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { EmbeddingResult } from '../inference/inference.js';

/** The text that was embedded by the model, or null where there is no such vector. */
export async function embeddedText(pool: Pool, sha256: string, modelDigest: string): Promise<string | null> {
  const { rows } = await pool.query<{ text: string | null }>(
    `SELECT text FROM embeddings WHERE image_sha256 = $1::bpchar AND kind = 'CAPTION' AND model_digest = $2`,
    [sha256, modelDigest],
  );
  return rows[0]?.text ?? null;
}

/** Writes or replaces the vector. */
export async function storeCaptionEmbedding(
  client: ClientBase,
  { sha256, text, embedding }: { readonly sha256: string; readonly text: string; readonly embedding: EmbeddingResult },
): Promise<void> {
  const { vector, modelDigest } = embedding;
  await client.query(
    `INSERT INTO embeddings (id, image_sha256, kind, model_digest, dimension, text, vector)
     VALUES ($1, $2, 'CAPTION', $3, $4, $5, $6::text::vector)
     ON CONFLICT (image_sha256, kind, model_digest)
     DO UPDATE SET text = excluded.text, vector = excluded.vector, dimension = excluded.dimension, created_at = now()`,
    [randomUUID(), sha256, modelDigest, vector.length, text, `[${vector.join(',')}]`],
  );
}
