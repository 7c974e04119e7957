// Two days of a small city for reports: what emerged in the second, with pictures, among posts that say something every hour.
import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import type { TestServices } from './testServices.js';

const HOUR = 3_600_000;

/** HTML, a script, a formula, marks that turn the direction, many scripts, what no font has. */
export const HOSTILE =
  '<img src=x onerror=alert(1)><script>alert(2)</script>=HYPERLINK("http://evil.example") \u202eeslaf\u202c \u2066עברית\u2069 مرحبا (كبير) 火事です 한국어 สวัสดี नमस्ते 😀👨‍👩‍👧 &amp; ]]> \u{10fffd}';

export interface ReportedCity {
  readonly until: Date;
  /** Posts of the new hotspot, the surest first. */
  readonly posts: readonly string[];
  /** Hashes of their pictures. */
  readonly pictures: readonly string[];
}

/** Writes the rows as ingest, captioning and detection would; `until` is the end of the second day. */
export async function reportedCity({ db, media }: TestServices): Promise<ReportedCity> {
  const { pool } = db;
  const until = new Date('2026-05-09T07:00:00Z');
  const at = (hours: number) => new Date(until.getTime() - hours * HOUR);
  const hotspot = async (
    id: string,
    emerged: Date,
    rest: { title: string; keywords: string[]; state?: string; ended?: Date },
  ) => {
    const peak = { hours: 3, evidence: 12, expected: 0.4, score: 7.2 };
    await pool.query(
      `INSERT INTO hotspots (id, state, title, keywords, emerged_at, ended_at, score, burst, peak_score, peak) VALUES ($1, $2, $3, $4, $5, $6, 5, $7, 7.2, $8)`,
      [
        id,
        rest.state ?? 'LIVING',
        rest.title,
        rest.keywords,
        emerged,
        rest.ended ?? null,
        peak,
        { ...peak, at: emerged.toISOString() },
      ],
    );
  };
  await hotspot('h1', at(5), { title: `Mill Street: ${HOSTILE}`, keywords: ['mill street', 'fire', HOSTILE] });
  await hotspot('h2', at(40), { title: 'market stalls under umbrellas', keywords: ['market'] });
  await hotspot('h3', at(44), {
    title: 'a marathon at the river',
    keywords: ['marathon'],
    state: 'ENDED',
    ended: at(20),
  });
  const posts: string[] = [];
  const pictures: string[] = [];
  const add = async (
    hours: number,
    author: string,
    text: string,
    more: { hotspot?: string; picture?: string; sensitive?: boolean; source?: string; opinion?: number } = {},
  ) => {
    const id = randomUUID();
    const source = more.source ?? 'bluesky';
    await pool.query(
      `INSERT INTO posts (id, source, native_id, author, text, language, url, posted_at, sensitive, raw) VALUES ($1, $2, $6, $3, $4, 'en-GB', $7, $5, $8, '{}')`,
      [id, source, author, text, at(hours), id, `https://example.org/p/${id}`, more.sensitive ?? false],
    );
    await pool.query(
      `INSERT INTO detection_posts (post_id, at, author, text, piece, phash, hotspot_id, evidence, opinion) VALUES ($1, $2, $3, $4, $5, '0123456789abcdef', $6, $7, $8)`,
      [id, at(hours), author, text, id, more.hotspot ?? null, 10 - posts.length / 100, more.opinion ?? null],
    );
    if (more.picture !== undefined) {
      const colour = { r: 40 * pictures.length, g: 90, b: 160 };
      const bytes = await sharp({ create: { width: 400, height: 300, channels: 3, background: colour } })
        .png()
        .toBuffer();
      const sha256 = await media.store.put(bytes);
      await pool.query(
        `INSERT INTO images (sha256, bytes, mime_type, width, height, phash) VALUES ($1, $2, 'image/png', 400, 300, '0123456789abcdef') ON CONFLICT DO NOTHING`,
        [sha256, bytes.length],
      );
      const caption = randomUUID();
      await pool.query(
        `INSERT INTO captions (id, image_sha256, model_digest, adapter_digest, options, options_digest, status, text, token_ids, completed_at)
         VALUES ($1, $2, 'model', 'adapter', '{"numBeams": 4}', $3, 'COMPLETED', $4, '{}', now())`,
        [caption, sha256, '0'.repeat(64), more.picture],
      );
      await pool.query('UPDATE images SET current_caption_id = $2 WHERE sha256 = $1', [sha256, caption]);
      await pool.query(
        `INSERT INTO post_images (id, post_id, position, status, image_sha256) VALUES ($1, $2, 0, 'STORED', $3)`,
        [randomUUID(), id, sha256],
      );
      pictures.push(sha256);
    }
    return id;
  };
  // An ordinary post an hour and one of another source, which falls silent for the last eight hours.
  for (let hour = 47; hour >= 0; hour -= 1) {
    await add(hour + 0.5, `someone ${hour}`, 'a walk in the park');
    if (hour >= 8) await add(hour + 0.4, `other ${hour}`, 'rain again', { source: 'mastodon' });
  }
  for (let i = 0; i < 12; i += 1)
    posts.push(
      await add(
        5 - i / 4,
        `witness ${i % 10} ${i === 0 ? HOSTILE : ''}`,
        i === 0 ? HOSTILE.repeat(60) : `smoke over Mill Street ${i}, terrible`,
        {
          hotspot: 'h1',
          opinion: i % 3 === 0 ? 0.2 : -0.4,
          ...(i < 4 && { picture: i === 1 ? HOSTILE : `a burning house ${i}` }),
          sensitive: i === 2,
        },
      ),
    );
  for (let i = 0; i < 20; i += 1)
    await add(i < 4 ? 30 : 10, `buyer ${i}`, 'fresh bread at the market', { hotspot: 'h2', opinion: 0.3 });
  for (let i = 0; i < 9; i += 1) await add(40, `runner ${i}`, 'what a race', { hotspot: 'h3', opinion: 0.5 });
  await pool.query(
    `INSERT INTO post_images (id, post_id, position, status, url, error) VALUES ($1, $2, 1, 'FAILED', 'https://example.org/secret.jpg', 'https://example.org/secret.jpg: status 404')`,
    [randomUUID(), posts[3]],
  );
  await pool.query(
    `INSERT INTO hotspot_events (id, at, kind, hotspot_id, other_id, score, reason) VALUES ($1, $2, 'MERGED', 'h3', 'h2', 1, 'h2 explains 80 %')`,
    [randomUUID(), at(20)],
  );
  // Out of another and back into it in one step.
  for (const kind of ['SPLIT', 'MERGED'])
    await pool.query(
      `INSERT INTO hotspot_events (id, at, kind, hotspot_id, other_id, score, reason) VALUES ($1, $2, $3, 'h1', 'h2', 1, 'a twin')`,
      [randomUUID(), at(21), kind],
    );
  return { until, posts, pictures };
}
