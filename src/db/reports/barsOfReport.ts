// How many posts came over time, in bars of equal length?
import type { Pool } from 'pg';
import { type ReportFilter, reportedPosts, type Span } from './reportedPosts.js';

/** As many as `bars`, the oldest first. */
export async function barsOfReport(
  pool: Pool,
  { filter, span, bars }: { readonly filter: ReportFilter; readonly span: Span; readonly bars: number },
): Promise<number[]> {
  const { conditions, values, place } = reportedPosts(filter, span);
  const { rows } = await pool.query<{ bar: number; posts: number }>(
    `SELECT least(${place(bars)}::int, width_bucket(extract(epoch FROM p.posted_at)::float8, ${place(span.since.getTime() / 1000)}::float8,
       ${place(span.until.getTime() / 1000)}::float8, $${values.length - 2}::int)) AS bar, count(*)::int AS posts
     FROM posts p WHERE ${conditions} GROUP BY 1`,
    values,
  );
  const found = new Map(rows.map(({ bar, posts }) => [bar, posts]));
  return Array.from({ length: bars }, (_, i) => found.get(i + 1) ?? 0);
}
