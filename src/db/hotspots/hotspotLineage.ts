// What other hotspots a hotspot comes from and goes into, and which are related to it.
import type { Pool } from 'pg';
import { HOTSPOT_COLUMNS, HOTSPOTS, type HotspotRow } from './hotspotRow.js';

export interface Kinship {
  readonly hotspotId: string;
  /** LATER: its next life. PART: became part of it. BRANCH: split from it. */
  readonly kind: 'LATER' | 'PART' | 'BRANCH';
}

/** Those that name one of these hotspots as what they came from, or went into. */
export async function kinOfHotspots(pool: Pool, ids: readonly string[]): Promise<(HotspotRow & Kinship)[]> {
  const { rows } = await pool.query<HotspotRow & Kinship>(
    `SELECT k.of AS "hotspotId", k.kind, ${HOTSPOT_COLUMNS}
     FROM (
       SELECT id, earlier_id AS of, 'LATER' AS kind FROM hotspots WHERE earlier_id = ANY($1::text[])
       UNION ALL SELECT id, merged_into_id, 'PART' FROM hotspots WHERE merged_into_id = ANY($1::text[])
       UNION ALL SELECT id, split_from_id, 'BRANCH' FROM hotspots WHERE split_from_id = ANY($1::text[])
     ) k JOIN (${HOTSPOTS}) ON h.id = k.id
     ORDER BY h.emerged_at, h.id`,
    [ids],
  );
  return rows;
}

/** Hotspots that share the most authors with one, the most first; those of one lineage are related by more than that. */
export async function relatedHotspots(
  pool: Pool,
  { hotspotId, limit }: { readonly hotspotId: string; readonly limit: number },
): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    // Each author looked up once, by an index alone: a join of posts with posts took eight times as long.
    `SELECT b.id, count(*)::int AS authors FROM (SELECT DISTINCT author FROM detection_posts WHERE hotspot_id = $1) a
     CROSS JOIN LATERAL (
       SELECT DISTINCT hotspot_id AS id FROM detection_posts WHERE author = a.author AND hotspot_id IS NOT NULL AND hotspot_id <> $1
     ) b GROUP BY b.id ORDER BY authors DESC, b.id LIMIT $2`,
    [hotspotId, limit],
  );
  return rows.map(({ id }) => id);
}
