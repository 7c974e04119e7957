// The stored vector of an image's shown caption.

import type { ClientBase } from 'pg';
import type { EmbeddingResult } from '../inference/inference.js';
import type { PrismaClient } from './generated/client.js';
import { uuidv7 } from './uuidv7.js';

/** The text that was embedded by the model, or null where there is no such vector. */
export async function embeddedText(prisma: PrismaClient, sha256: string, modelDigest: string): Promise<string | null> {
  const embedding = await prisma.embedding.findUnique({
    where: { imageSha256_kind_modelDigest: { imageSha256: sha256, kind: 'CAPTION', modelDigest } },
    select: { text: true },
  });
  return embedding?.text ?? null;
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
    [uuidv7(), sha256, modelDigest, vector.length, text, `[${vector.join(',')}]`],
  );
  // Its place on the map is that of another text, or there is none yet.
  await client.query(
    'INSERT INTO map_points (image_sha256) VALUES ($1) ON CONFLICT (image_sha256) DO UPDATE SET layout = 0, landmark = false',
    [sha256],
  );
}
