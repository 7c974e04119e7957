// Hotspots of the newest clustering: a page of them, one by id, and those of posts.
import type { Pool } from 'pg';
import type { ClusterRun, Hotspot } from './generated/client.js';

/** With the window of its clustering. */
export type HotspotRow = Hotspot & Pick<ClusterRun, 'windowStart' | 'windowEnd'>;

const HOTSPOT_COLUMNS = `h.id, h.run_id AS "runId", h.rank, h.title, h.post_count AS "postCount", h.author_count AS "authorCount",
  h.first_post_at AS "firstPostAt", h.last_post_at AS "lastPostAt", r.window_start AS "windowStart", r.window_end AS "windowEnd"`;

/** SQL: the newest clustering. */
const NEWEST_RUN = `(SELECT id FROM cluster_runs ORDER BY created_at DESC, id DESC LIMIT 1)`;

/** At most `limit` hotspots by rank: of the newest clustering, or of the given one behind `afterRank`. */
export async function hotspotsPage(
  pool: Pool,
  {
    limit,
    after,
  }: { readonly limit: number; readonly after?: { readonly runId: string; readonly rank: number } | undefined },
): Promise<{ readonly rows: HotspotRow[]; readonly more: boolean }> {
  const { rows } = await pool.query<HotspotRow>(
    `SELECT ${HOTSPOT_COLUMNS} FROM hotspots h JOIN cluster_runs r ON r.id = h.run_id
     WHERE h.run_id = coalesce($1::uuid, ${NEWEST_RUN}) AND h.rank > $2 ORDER BY h.rank LIMIT $3`,
    [after?.runId ?? null, after?.rank ?? -1, limit + 1],
  );
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

/** Number of hotspots of a clustering, or of the newest. */
export async function hotspotsCount(pool: Pool, runId: string | null): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM hotspots WHERE run_id = coalesce($1::uuid, ${NEWEST_RUN})`,
    [runId],
  );
  return rows[0]?.count ?? 0;
}

/** Null where there is no such hotspot (any more). */
export async function hotspotById(pool: Pool, id: string): Promise<HotspotRow | null> {
  const { rows } = await pool.query<HotspotRow>(
    `SELECT ${HOTSPOT_COLUMNS} FROM hotspots h JOIN cluster_runs r ON r.id = h.run_id WHERE h.id = $1`,
    [id],
  );
  return rows[0] ?? null;
}

/** The hotspots of the newest clustering that show a picture of the posts, by rank. */
export async function hotspotsOfPosts(
  pool: Pool,
  postIds: readonly string[],
): Promise<(HotspotRow & { readonly postId: string })[]> {
  const { rows } = await pool.query<HotspotRow & { postId: string }>(
    `SELECT DISTINCT pi.post_id AS "postId", ${HOTSPOT_COLUMNS}
     FROM post_images pi
     JOIN hotspot_members m ON m.image_sha256 = pi.image_sha256
     JOIN hotspots h ON h.id = m.hotspot_id
     JOIN cluster_runs r ON r.id = h.run_id
     WHERE pi.post_id = ANY($1::uuid[]) AND r.id = ${NEWEST_RUN} ORDER BY h.rank`,
    [postIds],
  );
  return rows;
}
