// What is told of posts that are gone: hotspots, their events and points, the records of imports, and the outbox.
import type { Pool } from 'pg';

export interface ErasedHistory {
  readonly hotspots: number;
  readonly events: number;
  readonly points: number;
  readonly imports: number;
  readonly reportRuns: number;
  readonly deliveries: number;
}

/** Rows of a kind deleted at a time; what is left goes the next time. */
const AT_ONCE = 10_000;

/** Deletes what is older than any post is kept: hotspots that are over and have no posts, events, points, imports that have ended. */
export async function eraseOldHistory(pool: Pool, ms: number): Promise<ErasedHistory> {
  const erase = async (table: string, condition: string) =>
    (
      await pool.query(
        `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} t WHERE ${condition} LIMIT ${AT_ONCE}))`,
        [ms],
      )
    ).rowCount ?? 0;
  const before = `now() - $1::float8 * interval '1 ms'`;
  return {
    hotspots: await erase(
      'hotspots',
      `state <> 'LIVING' AND ended_at < ${before} AND NOT EXISTS (SELECT FROM detection_posts d WHERE d.hotspot_id = t.id)`,
    ),
    events: await erase('hotspot_events', `at < ${before}`),
    points: await erase('hotspot_points', `at < ${before}`),
    imports: await erase('imports', `finished_at < ${before}`),
    reportRuns: await erase('report_runs', `until < ${before} AND status <> 'WAITING'`),
    deliveries: await erase('deliveries', `status <> 'WAITING' AND created_at < ${before}`),
  };
}

/** Deletes hotspots that are over and of which nothing is left, neither a post nor a word. */
export async function eraseEmptyHotspots(pool: Pool): Promise<void> {
  await pool.query(
    `DELETE FROM hotspots h WHERE state = 'ENDED' AND title = '' AND NOT EXISTS (SELECT FROM detection_posts d WHERE d.hotspot_id = h.id)`,
  );
}
