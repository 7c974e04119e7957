// A hotspot as detection stores one, without detection: posts, and a point at a step.
import type { Pool } from 'pg';
import { uuidv7 } from '../../src/db/uuidv7.js';

export interface Planted {
  readonly id: string;
  /** Time of the step. */
  readonly at: Date;
  readonly score?: number;
  readonly expected?: number;
  /** Posts of the last ten minutes, each by an author of its own. */
  readonly authors?: number;
  readonly source?: string;
  readonly language?: string;
  readonly text?: string;
  readonly title?: string;
  readonly opinion?: number;
  /** Of its first post. */
  readonly image?: string;
}

/** Resolves to the ids of its posts, the newest last. Again with the same id: more posts, and another point. */
export async function plantHotspot(pool: Pool, planted: Planted): Promise<string[]> {
  const { id, at, score = 5, expected = 1, authors = 12, source = 'test', language = 'en', image } = planted;
  const { text = 'the mill is burning', title = 'Mill fire', opinion = 0 } = planted;
  await pool.query(
    `INSERT INTO hotspots (id, title, keywords, emerged_at, score) VALUES ($1, $2, '{}', $3, $4)
     ON CONFLICT (id) DO UPDATE SET score = excluded.score`,
    [id, title, at, score],
  );
  const ids = Array.from({ length: authors }, () => uuidv7());
  for (const [i, post] of ids.entries()) {
    const posted = new Date(at.getTime() - 10 * 60_000 + i * 1000);
    await pool.query(
      `INSERT INTO posts (id, source, native_id, author, text, language, posted_at, raw, detected_at) VALUES ($1::uuid, $2, $1::text, $3, $4, $5, $6, '{}', now())`,
      [post, source, `author ${i} of ${id}`, text, language, posted],
    );
    await pool.query(
      `INSERT INTO detection_posts (post_id, at, author, text, caption, piece, hotspot_id, joined_at, opinion)
       VALUES ($1::uuid, $2, $3, $4, $5, $1::text, $6, $2, $7)`,
      [post, posted, `author ${i} of ${id}`, text, image === undefined ? '' : 'a burning mill', id, opinion],
    );
  }
  if (image !== undefined)
    await pool.query(
      `INSERT INTO post_images (id, post_id, position, status, image_sha256) VALUES ($1, $2, 0, 'STORED', $3)`,
      [uuidv7(), ids.at(-1), image],
    );
  await pool.query(
    `INSERT INTO hotspot_points (hotspot_id, at, expected, low, high, score) VALUES ($1, $2, $3, 0, 3, $4)`,
    [id, at, expected, score],
  );
  return ids;
}
