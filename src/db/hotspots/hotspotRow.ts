// A hotspot as it is shown: what was found, under what a person has said of it.
import type { Pool } from 'pg';
import type { Burst } from '../../analytics/detection/expectation.js';
import type { HotspotState } from '../generated/client.js';

export interface HotspotRow {
  readonly id: string;
  readonly state: HotspotState;
  /** A person's name for it, or the title that was found. */
  readonly title: string;
  readonly foundTitle: string;
  readonly keywords: readonly string[];
  readonly emergedAt: Date;
  readonly endedAt: Date | null;
  readonly score: number;
  readonly rank: number | null;
  readonly burst: Burst | null;
  readonly peakScore: number;
  /** The burst of its highest score, and its time in ISO 8601. */
  readonly peak: (Burst & { readonly at: string }) | null;
  readonly mergedIntoId: string | null;
  readonly earlierId: string | null;
  readonly splitFromId: string | null;
  readonly pinned: boolean;
  readonly muted: boolean;
}

/** SQL: the columns of hotspot `h` with its mark `m`. */
export const HOTSPOT_COLUMNS = `h.id, h.state, coalesce(m.name, h.title) AS title, h.title AS "foundTitle", h.keywords,
  h.emerged_at AS "emergedAt", h.ended_at AS "endedAt", h.score, h.rank, h.burst, h.peak_score AS "peakScore", h.peak, h.merged_into_id AS "mergedIntoId",
  h.earlier_id AS "earlierId", h.split_from_id AS "splitFromId", coalesce(m.pinned, false) AS pinned, coalesce(m.muted, false) AS muted`;

/** SQL: hotspots `h` with their marks `m`. */
export const HOTSPOTS = 'hotspots h LEFT JOIN hotspot_marks m ON m.hotspot_id = h.id';

/** Those that are there, in no order. */
export async function hotspotsByIds(pool: Pool, ids: readonly string[]): Promise<HotspotRow[]> {
  const { rows } = await pool.query<HotspotRow>(
    `SELECT ${HOTSPOT_COLUMNS} FROM ${HOTSPOTS} WHERE h.id = ANY($1::text[])`,
    [ids],
  );
  return rows;
}

/** The hotspots of posts: at most one of each. */
export async function hotspotsOfPosts(
  pool: Pool,
  postIds: readonly string[],
): Promise<(HotspotRow & { readonly postId: string })[]> {
  const { rows } = await pool.query<HotspotRow & { postId: string }>(
    `SELECT d.post_id AS "postId", ${HOTSPOT_COLUMNS}
     FROM detection_posts d JOIN hotspots h ON h.id = d.hotspot_id LEFT JOIN hotspot_marks m ON m.hotspot_id = h.id WHERE d.post_id = ANY($1::uuid[])`,
    [postIds],
  );
  return rows;
}
