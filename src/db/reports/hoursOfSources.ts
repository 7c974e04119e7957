// How many posts did each source bring in each hour?
import type { Pool } from 'pg';
import type { Span } from './reportedPosts.js';

export interface HourOfSource {
  readonly source: string;
  /** Its beginning. */
  readonly hour: Date;
  readonly posts: number;
}

/** Hours without posts are left out; `source` undefined: of all. The hours end where the span ends. */
export async function hoursOfSources(
  pool: Pool,
  { span, source }: { readonly span: Span; readonly source: string | undefined },
): Promise<HourOfSource[]> {
  const { rows } = await pool.query<HourOfSource>(
    `SELECT source, date_bin('1 hour', posted_at, $2) AS hour, count(*)::int AS posts FROM posts
     WHERE posted_at >= $1 AND posted_at < $2 AND ($3::text IS NULL OR source = $3) GROUP BY 1, 2 ORDER BY 1, 2`,
    [span.since, span.until, source ?? null],
  );
  return rows;
}
