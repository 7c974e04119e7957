// The posts that detection has not taken in yet: those whose pictures have their captions, and until when others are waited for.
import type { Pool } from 'pg';
import { API_ORIGIN, LEFT_MS } from '../importRecord.js';
import { NEWEST_EDIT } from '../shownText.js';

export interface ReadyPost {
  readonly id: string;
  readonly postedAt: Date;
  readonly author: string | null;
  readonly text: string;
  /** Its pictures that are stored, in their order, with the captions that are shown of them. */
  readonly pictures: readonly {
    readonly sha256: string;
    readonly phash: string;
    readonly caption: string;
  }[];
}

/** SQL: a picture `pi` of a post that will get its caption yet. */
const AWAITED = `(pi.status = 'PENDING' OR (pi.status = 'STORED' AND i.current_caption_id IS NULL
  AND NOT EXISTS (SELECT FROM captions c WHERE c.image_sha256 = i.sha256 AND c.status = 'FAILED')))`;

/** SQL: post `p` waits for a caption. */
const WAITS = `EXISTS (SELECT FROM post_images pi LEFT JOIN images i ON i.sha256 = pi.image_sha256 WHERE pi.post_id = p.id AND ${AWAITED})`;

/** SQL: how long post `p` is waited for: of what came at once two minutes, of an archive hours. */
const PATIENCE = `least(interval '6 hours', greatest(interval '2 minutes', (p.created_at - p.posted_at) / 4))`;

/** At most `limit` posts that are ready and not in the future, the oldest first. */
export async function readyPosts(pool: Pool, limit: number): Promise<ReadyPost[]> {
  const { rows } = await pool.query<ReadyPost>(
    `SELECT p.id::text, p.posted_at AS "postedAt", p.author, p.text, coalesce(pictures.found, '[]'::json) AS pictures
     FROM (
       SELECT * FROM posts p WHERE p.detected_at IS NULL AND p.posted_at <= now() AND NOT ${WAITS}
       ORDER BY p.posted_at, p.id LIMIT $1
     ) p
     LEFT JOIN LATERAL (
       SELECT json_agg(json_build_object('sha256', i.sha256, 'phash', i.phash, 'caption', coalesce(e.text, c.text, '')) ORDER BY pi.position) AS found
       FROM post_images pi JOIN images i ON i.sha256 = pi.image_sha256
       LEFT JOIN captions c ON c.id = i.current_caption_id
       ${NEWEST_EDIT}
       WHERE pi.post_id = p.id
     ) pictures ON true
     ORDER BY p.posted_at, p.id`,
    [limit],
  );
  return rows;
}

export interface Awaited {
  /** The oldest post that is still waited for; null: none is. */
  readonly from: Date | null;
  /** Whether a file is being taken in: older posts than those that are here may come. */
  readonly importing: boolean;
  /** Whether any post waits for its caption, be it waited for or not. */
  readonly any: boolean;
}

/**
 * What detection should wait for before it looks at later posts. Calls of the API are no file: there is always one under way where
 * posts stream in. An import that was left by its process is not waited for.
 */
export async function awaitedPosts(pool: Pool): Promise<Awaited> {
  const { rows } = await pool.query<Awaited>(
    `SELECT min(p.posted_at) FILTER (WHERE now() - p.created_at < ${PATIENCE}) AS "from", count(*) > 0 AS any,
       EXISTS (SELECT FROM imports m WHERE m.status = 'RUNNING' AND m.origin <> '${API_ORIGIN}'
         AND m.seen_at > now() - $1::float8 * interval '1 ms') AS importing
     FROM posts p WHERE p.detected_at IS NULL AND p.posted_at <= now() AND ${WAITS}`,
    [LEFT_MS],
  );
  return rows[0]!;
}
