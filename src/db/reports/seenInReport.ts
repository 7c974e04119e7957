// How much of what was posted in a report's window was seen: posts and pictures by source, and why pictures have no caption.
import type { Pool } from 'pg';
import { type ReportFilter, reportedPosts, type Span } from './reportedPosts.js';

export interface SeenOfSource {
  readonly source: string;
  readonly posts: number;
  readonly postsBefore: number;
  readonly authors: number;
  /** In the window. */
  readonly pictures: number;
  readonly captioned: number;
  /** Those that could not be fetched, read or captioned; the rest of the pictures waits. */
  readonly failed: number;
  /** Posts that their source marks as sensitive. */
  readonly sensitive: number;
}

/** The source with the most posts first. */
export async function seenBySource(
  pool: Pool,
  { filter, window, earlier }: { readonly filter: ReportFilter; readonly window: Span; readonly earlier: Span },
): Promise<SeenOfSource[]> {
  const { conditions, values, place } = reportedPosts(filter, { since: earlier.since, until: window.until });
  const since = place(window.since);
  const { rows } = await pool.query<SeenOfSource>(
    `WITH reported AS MATERIALIZED (SELECT p.id, p.source, p.author, p.posted_at >= ${since} AS inside, p.sensitive FROM posts p WHERE ${conditions})
     SELECT counted.*, coalesce(shown.pictures, 0) AS pictures, coalesce(shown.captioned, 0) AS captioned, coalesce(shown.failed, 0) AS failed
     FROM (
       SELECT source, count(*) FILTER (WHERE inside)::int AS posts, count(*) FILTER (WHERE NOT inside)::int AS "postsBefore",
         count(DISTINCT coalesce(author, id::text)) FILTER (WHERE inside)::int AS authors, count(*) FILTER (WHERE inside AND sensitive)::int AS sensitive
       FROM reported GROUP BY source
     ) counted LEFT JOIN (
       SELECT r.source, count(*)::int AS pictures, count(i.current_caption_id)::int AS captioned,
         count(*) FILTER (WHERE ${FAILED})::int AS failed
       FROM reported r JOIN post_images pi ON pi.post_id = r.id LEFT JOIN images i ON i.sha256 = pi.image_sha256
       WHERE r.inside GROUP BY r.source
     ) shown USING (source) ORDER BY counted.posts DESC, source`,
    values,
  );
  return rows;
}

export interface FailureInReport {
  readonly reason: string;
  readonly pictures: number;
}

/** Why pictures of the window have no caption and get none by themselves, the most frequent reason first; addresses are left out of the reasons. */
export async function failuresInReport(
  pool: Pool,
  { filter, window, limit }: { readonly filter: ReportFilter; readonly window: Span; readonly limit: number },
): Promise<FailureInReport[]> {
  const { conditions, values, place } = reportedPosts(filter, window);
  const { rows } = await pool.query<FailureInReport>(
    `SELECT regexp_replace(coalesce(nullif(pi.error, ''), c.error, 'no reason was given'), '\\m[a-z][a-z0-9+.-]*://[^\\s,;()]+', '(address)', 'gi') AS reason,
       count(*)::int AS pictures
     FROM posts p JOIN post_images pi ON pi.post_id = p.id LEFT JOIN images i ON i.sha256 = pi.image_sha256
     LEFT JOIN LATERAL (SELECT error FROM captions WHERE image_sha256 = i.sha256 AND status = 'FAILED' ORDER BY created_at DESC LIMIT 1) c ON true
     WHERE ${conditions} AND (${FAILED}) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${place(limit)}`,
    values,
  );
  return rows;
}

/** SQL: picture `pi` with its image `i` has no caption and gets none by itself. */
const FAILED = `i.current_caption_id IS NULL AND (pi.status = 'FAILED' OR (
  EXISTS (SELECT FROM captions f WHERE f.image_sha256 = i.sha256 AND f.status = 'FAILED')
  AND NOT EXISTS (SELECT FROM captions w WHERE w.image_sha256 = i.sha256 AND w.status = 'PENDING')))`;

/** Rows of imports that began in a span: how many were taken in, and how many refused. */
export async function importedInReport(
  pool: Pool,
  { since, until }: Span,
): Promise<{ readonly imports: number; readonly refused: number; readonly failed: number }> {
  const { rows } = await pool.query<{ imports: number; refused: number; failed: number }>(
    `SELECT count(*)::int AS imports, coalesce(sum(rejected), 0)::int AS refused, count(*) FILTER (WHERE status = 'FAILED')::int AS failed
     FROM imports WHERE started_at >= $1 AND started_at < $2`,
    [since, until],
  );
  return rows[0]!;
}
