// Keeps one clustering and drops the old ones.

import type { Pool } from 'pg';
import { uuidv7 } from './uuidv7.js';
import { withTransaction } from './withTransaction.js';

export interface ClusterRunInput {
  readonly modelDigest: string;
  readonly windowStart: Date;
  readonly windowEnd: Date;
  readonly imageCount: number;
  /** Largest first. */
  readonly hotspots: readonly {
    readonly title: string;
    readonly postCount: number;
    readonly authorCount: number;
    readonly firstPostAt: Date;
    readonly lastPostAt: Date;
    readonly members: readonly { readonly sha256: string; readonly similarity: number }[];
  }[];
}

/** Runs that are kept: the newest is shown, the others let a page that was just loaded finish. */
const RUNS_KEPT = 3;

/** Writes the run with its hotspots and members, and deletes all but the newest few, in one transaction. */
export async function storeClusterRun(pool: Pool, run: ClusterRunInput): Promise<void> {
  const hotspots = run.hotspots.map((hotspot, rank) => ({ id: uuidv7(), rank, ...hotspot }));
  const members = hotspots.flatMap(({ id, members }) => members.map((member) => ({ hotspotId: id, ...member })));
  await withTransaction(pool, async (client) => {
    const runId = uuidv7();
    await client.query(
      `INSERT INTO cluster_runs (id, model_digest, window_start, window_end, image_count) VALUES ($1, $2, $3, $4, $5)`,
      [runId, run.modelDigest, run.windowStart, run.windowEnd, run.imageCount],
    );
    await client.query(
      `INSERT INTO hotspots (id, run_id, rank, title, post_count, author_count, first_post_at, last_post_at)
       SELECT id, $1, rank, title, "postCount", "authorCount", "firstPostAt", "lastPostAt"
       FROM jsonb_to_recordset($2::jsonb) AS h (id uuid, rank int, title text, "postCount" int, "authorCount" int,
         "firstPostAt" timestamptz, "lastPostAt" timestamptz)`,
      [runId, JSON.stringify(hotspots.map(({ members: _, ...hotspot }) => hotspot))],
    );
    await client.query(
      `INSERT INTO hotspot_members (hotspot_id, image_sha256, similarity)
       SELECT "hotspotId", sha256, similarity
       FROM jsonb_to_recordset($1::jsonb) AS m ("hotspotId" uuid, sha256 text, similarity float8)`,
      [JSON.stringify(members)],
    );
    await client.query(
      `DELETE FROM cluster_runs WHERE id NOT IN (SELECT id FROM cluster_runs ORDER BY created_at DESC, id DESC LIMIT ${RUNS_KEPT})`,
    );
  });
}
