// A hotspot whose posts show pictures, as detection would have left it.
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';

export interface PicturedPost {
  readonly at: Date;
  /** Hashes of stored images, in their order. */
  readonly images: readonly string[];
  /** When it came into the hotspot; default: when it was posted. */
  readonly joinedAt?: Date;
}

/** Writes the hotspot, where it is new, and its posts; resolves to their ids. */
export async function addPicturedPosts(pool: Pool, id: string, posts: readonly PicturedPost[]): Promise<string[]> {
  await pool.query(
    `INSERT INTO hotspots (id, state, title, keywords, emerged_at) VALUES ($1, 'LIVING', 'pictures of ' || $1, '{}', now()) ON CONFLICT DO NOTHING`,
    [id],
  );
  const rows = posts.map(({ at, images, joinedAt = at }) => ({ id: randomUUID(), at, images, joined: joinedAt }));
  const json = JSON.stringify(rows);
  const given = `jsonb_to_recordset($1::jsonb) AS g (id uuid, at timestamptz, images text[], joined timestamptz)`;
  await pool.query(
    `INSERT INTO posts (id, source, native_id, author, text, posted_at, raw, detected_at)
     SELECT id, 'test', id::text, 'ann', 'post', at, '{}', now() FROM ${given}`,
    [json],
  );
  await pool.query(
    `INSERT INTO post_images (id, post_id, position, status, image_sha256)
     SELECT gen_random_uuid(), g.id, i.position - 1, 'STORED', i.sha256 FROM ${given}, unnest(g.images) WITH ORDINALITY AS i (sha256, position)`,
    [json],
  );
  await pool.query(
    `INSERT INTO detection_posts (post_id, at, author, piece, hotspot_id, joined_at, kept)
     SELECT id, at, 'ann', id::text, $2, joined, false FROM ${given}`,
    [json, id],
  );
  return rows.map((row) => row.id);
}
