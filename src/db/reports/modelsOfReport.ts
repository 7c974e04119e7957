// By which models, and with which settings, are the shown captions of a report's window and their vectors?
import type { Pool } from 'pg';
import { type ReportFilter, reportedPosts, type Span } from './reportedPosts.js';

export interface CaptionerOfReport {
  readonly modelDigest: string;
  /** Empty without an adapter. */
  readonly adapterDigest: string;
  readonly prompt: string;
  /** What was set beside the prompt; the rest is in the checkpoint that modelDigest names. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly pictures: number;
}

/** Those of the most pictures first. */
export async function captionersOfReport(
  pool: Pool,
  { filter, window }: { readonly filter: ReportFilter; readonly window: Span },
): Promise<CaptionerOfReport[]> {
  const { conditions, values } = reportedPosts(filter, window);
  const { rows } = await pool.query<CaptionerOfReport>(
    `SELECT c.model_digest AS "modelDigest", c.adapter_digest AS "adapterDigest", c.prompt, c.options, count(DISTINCT i.sha256)::int AS pictures
     FROM posts p JOIN post_images pi ON pi.post_id = p.id JOIN images i ON i.sha256 = pi.image_sha256 JOIN captions c ON c.id = i.current_caption_id
     WHERE ${conditions} GROUP BY 1, 2, 3, 4 ORDER BY pictures DESC, 1, 2, 3`,
    values,
  );
  return rows;
}

/** How many of the window's pictures a person has worded anew. */
export async function editedInReport(
  pool: Pool,
  { filter, window }: { readonly filter: ReportFilter; readonly window: Span },
): Promise<number> {
  const { conditions, values } = reportedPosts(filter, window);
  const { rows } = await pool.query<{ edited: number }>(
    `SELECT count(DISTINCT pi.image_sha256)::int AS edited FROM posts p JOIN post_images pi ON pi.post_id = p.id
     JOIN LATERAL (SELECT text FROM caption_edits WHERE image_sha256 = pi.image_sha256 ORDER BY created_at DESC, id DESC LIMIT 1) e ON e.text IS NOT NULL
     WHERE ${conditions}`,
    values,
  );
  return rows[0]!.edited;
}

export interface DetectionOfReport {
  /** Its last step, on the posts' clock. */
  readonly at: Date;
  readonly embedderDigest: string;
  /** Hours of posts that say what is usual. */
  readonly coveredHours: number;
}

/** Null: detection has not begun. */
export async function detectionOfReport(pool: Pool): Promise<DetectionOfReport | null> {
  const { rows } = await pool.query<DetectionOfReport>(
    `SELECT at, embedder_digest AS "embedderDigest", coalesce((saved ->> 'covered')::float8, 0) AS "coveredHours" FROM detection_state`,
  );
  return rows[0] ?? null;
}
