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

/**
 * SQL: a picture `pi` of a post that will get its caption yet. A CASE, because of alternatives the planner may make a scan of the index
 * on the status for each post: without statistics it takes few pictures for pending.
 */
const AWAITED = `CASE pi.status WHEN 'PENDING' THEN true WHEN 'STORED' THEN i.current_caption_id IS NULL
  AND NOT EXISTS (SELECT FROM captions c WHERE c.image_sha256 = i.sha256 AND c.status = 'FAILED') ELSE false END`;

/** SQL: post `p` waits for a caption. */
const WAITS = `EXISTS (SELECT FROM post_images pi LEFT JOIN images i ON i.sha256 = pi.image_sha256 WHERE pi.post_id = p.id AND ${AWAITED})`;

/** SQL: whether post `p` would be waited for still: what came at once for two minutes, an archive for hours. */
const PATIENT = `now() - p.created_at < least(interval '6 hours', greatest(interval '2 minutes', (p.created_at - p.posted_at) / 4))`;

/** SQL: post `p` is for detection to take in, now or when its pictures have their captions. */
const UNDETECTED = `p.detected_at IS NULL AND p.posted_at <= now()`;

/** SQL: post `p` waits for a caption, and is still waited for. */
const WAITED_FOR = `${PATIENT} AND ${WAITS}`;

/** At most `limit` posts that are ready, posted at `until` at the latest and not in the future, the oldest first. */
export async function readyPosts(
  pool: Pool,
  { until, limit }: { readonly until: Date; readonly limit: number },
): Promise<ReadyPost[]> {
  const { rows } = await pool.query<ReadyPost>(
    `SELECT p.id::text, p.posted_at AS "postedAt", p.author, p.text, coalesce(pictures.found, '[]'::json) AS pictures
     FROM (
       SELECT * FROM posts p WHERE ${UNDETECTED} AND p.posted_at <= $2 AND NOT ${WAITS}
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
    [limit, until],
  );
  return rows;
}

/** When the oldest post was posted that is ready, or still waited for; null: there is none. */
export async function oldestUndetected(pool: Pool): Promise<Date | null> {
  return firstOf(pool, `(${PATIENT} OR NOT ${WAITS})`);
}

/** When the first ready post behind `after` was posted; null: there is none. */
export async function firstReady(pool: Pool, { after }: { readonly after: Date }): Promise<Date | null> {
  return firstOf(pool, `p.posted_at > $1 AND NOT ${WAITS}`, [after]);
}

/** Whether a post that was posted at `until` at the latest is still waited for. */
export async function isWaitedFor(pool: Pool, { until }: { readonly until: Date }): Promise<boolean> {
  return exists(pool, `FROM posts p WHERE ${UNDETECTED} AND p.posted_at <= $1 AND ${WAITED_FOR}`, [until]);
}

/** Whether any post waits for its caption, be it waited for or not. */
export async function anyWaits(pool: Pool): Promise<boolean> {
  return exists(pool, `FROM posts p WHERE ${UNDETECTED} AND ${WAITS}`);
}

async function firstOf(pool: Pool, which: string, values: readonly unknown[] = []): Promise<Date | null> {
  const { rows } = await pool.query<{ postedAt: Date }>(
    `SELECT p.posted_at AS "postedAt" FROM posts p WHERE ${UNDETECTED} AND ${which} ORDER BY p.posted_at, p.id LIMIT 1`,
    [...values],
  );
  return rows[0]?.postedAt ?? null;
}

/**
 * Whether a file is being taken in: older posts than those that are here may come. Calls of the API are no file: there is always one
 * under way where posts stream in. An import that was left by its process is not waited for.
 */
export async function fileComesIn(pool: Pool): Promise<boolean> {
  return exists(
    pool,
    `FROM imports WHERE status = 'RUNNING' AND origin <> '${API_ORIGIN}' AND seen_at > now() - $1::float8 * interval '1 ms'`,
    [LEFT_MS],
  );
}

async function exists(pool: Pool, from: string, values: readonly unknown[] = []): Promise<boolean> {
  const { rows } = await pool.query<{ yes: boolean }>(`SELECT EXISTS (SELECT ${from}) AS yes`, [...values]);
  return rows[0]!.yes;
}
