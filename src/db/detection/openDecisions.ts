// What people have decided and detection has not carried out yet.
import type { Pool } from 'pg';
import type { Decision } from '../../analytics/detection/detector.js';

/** In the order in which they were made. */
export async function openDecisions(pool: Pool): Promise<Decision[]> {
  const { rows } = await pool.query<{
    id: string;
    kind: 'MERGE' | 'SPLIT';
    hotspotId: string;
    otherId: string | null;
    postIds: string[];
    undoes: boolean;
  }>(
    `SELECT id, kind, hotspot_id AS "hotspotId", other_id AS "otherId", post_ids::text[] AS "postIds", undoes_id IS NOT NULL AS undoes
     FROM hotspot_decisions WHERE done_at IS NULL ORDER BY created_at, id`,
  );
  return rows.map(({ id, kind, hotspotId, otherId, postIds, undoes }) =>
    kind === 'MERGE'
      ? { id, undoes, type: 'merge', whole: hotspotId, part: otherId! }
      : { id, undoes, type: 'split', posts: postIds, as: otherId },
  );
}
