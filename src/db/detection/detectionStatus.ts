// How far is detection?
import type { Pool } from 'pg';

export interface DetectionStatus {
  /** Time of the last step, on the posts' clock; null before the first. */
  readonly lastStepAt: Date | null;
  /** Hours of posts that say what is usual. */
  readonly coveredHours: number;
  /** Posts that it has not taken in yet: they wait for captions, or for the next step. */
  readonly waitingPosts: number;
  readonly livingHotspots: number;
}

export async function detectionStatus(pool: Pool): Promise<DetectionStatus> {
  const { rows } = await pool.query<DetectionStatus>(
    `SELECT s.at AS "lastStepAt", coalesce((s.saved ->> 'covered')::float8, 0) AS "coveredHours",
       (SELECT count(*)::int FROM posts WHERE detected_at IS NULL) AS "waitingPosts",
       (SELECT count(*)::int FROM hotspots WHERE state = 'LIVING') AS "livingHotspots"
     FROM (SELECT 1) one LEFT JOIN detection_state s ON true`,
  );
  return rows[0]!;
}
