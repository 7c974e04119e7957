// Posts that were deleted since detection last asked: a trigger on detection_posts notes them.
import type { Pool } from 'pg';

/**
 * Their ids, which are told once. Where there are any the state counts as changed, so that whoever holds it in memory reads it anew:
 * `version` is the state's after that (null: there is no state).
 */
export async function removedPosts(
  pool: Pool,
): Promise<{ readonly ids: readonly string[]; readonly version: number | null }> {
  const { rows } = await pool.query<{ ids: string[]; version: number | null }>(
    `WITH removed AS (DELETE FROM removed_posts RETURNING post_id::text AS id),
       changed AS (UPDATE detection_state SET version = version + 1 WHERE EXISTS (SELECT FROM removed) RETURNING version)
     SELECT ARRAY(SELECT id FROM removed) AS ids, (SELECT version FROM changed) AS version`,
  );
  return rows[0]!;
}
