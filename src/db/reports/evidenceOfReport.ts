// Of some hotspots the posts that say the most surely what each is about, in a report's window: one of a piece of evidence, and the picture of each.
import type { Pool } from 'pg';
import { type ReportFilter, reportedPosts, type Span } from './reportedPosts.js';

export interface ReportedEvidence {
  readonly hotspotId: string;
  readonly postId: string;
  /** Its first stored picture; null: it has none. */
  readonly sha256: string | null;
}

/** At most `limit` of each hotspot, the surest first. */
export async function evidenceOfReport(
  pool: Pool,
  {
    hotspotIds,
    filter,
    span,
    limit,
  }: {
    readonly hotspotIds: readonly string[];
    readonly filter: ReportFilter;
    readonly span: Span;
    readonly limit: number;
  },
): Promise<ReportedEvidence[]> {
  const { conditions, values, place } = reportedPosts(filter, span);
  const { rows } = await pool.query<ReportedEvidence>(
    `SELECT wanted.id AS "hotspotId", sure."postId", sure.sha256 FROM unnest(${place(hotspotIds)}::text[]) AS wanted (id)
     JOIN LATERAL (
       SELECT pieces.post_id::text AS "postId", pieces.evidence, (
         SELECT image_sha256::text FROM post_images pi WHERE pi.post_id = pieces.post_id AND pi.image_sha256 IS NOT NULL ORDER BY pi.position LIMIT 1
       ) AS sha256
       FROM (
         SELECT DISTINCT ON (d.piece) d.post_id, d.evidence FROM detection_posts d JOIN posts p ON p.id = d.post_id
         WHERE d.hotspot_id = wanted.id AND ${conditions} ORDER BY d.piece, d.evidence DESC, d.number
       ) pieces ORDER BY pieces.evidence DESC, pieces.post_id LIMIT ${place(limit)}
     ) sure ON true ORDER BY wanted.id, sure.evidence DESC, sure."postId"`,
    values,
  );
  return rows;
}
