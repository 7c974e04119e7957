// The posts of some hotspots in a report's window and the one before: when, by whom, with what feeling.
import type { Pool } from 'pg';
import { type ReportFilter, reportedPosts, type Span } from './reportedPosts.js';

export interface ReportedMember {
  readonly hotspotId: string;
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly author: string;
  /** -1 to 1; null: it can't be read. */
  readonly score: number | null;
}

/** In the order of time. */
export async function membersInReport(
  pool: Pool,
  {
    hotspotIds,
    filter,
    span,
  }: { readonly hotspotIds: readonly string[]; readonly filter: ReportFilter; readonly span: Span },
): Promise<ReportedMember[]> {
  const { conditions, values, place } = reportedPosts(filter, span);
  const { rows } = await pool.query<Omit<ReportedMember, 'at'> & { readonly at: Date }>(
    `SELECT d.hotspot_id AS "hotspotId", p.id::text, p.posted_at AS at, coalesce(p.author, 'author of ' || p.id) AS author, d.opinion AS score
     FROM detection_posts d JOIN posts p ON p.id = d.post_id
     WHERE d.hotspot_id = ANY(${place(hotspotIds)}::text[]) AND ${conditions} ORDER BY p.posted_at, d.number`,
    values,
  );
  return rows.map(({ at, ...row }) => ({ ...row, at: at.getTime() }));
}
