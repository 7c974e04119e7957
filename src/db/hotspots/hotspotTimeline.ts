// A hotspot over time: its posts and authors in bars of equal length, beside what was usual.
import type { Pool } from 'pg';

export interface TimelineBar {
  readonly from: Date;
  readonly to: Date;
  readonly posts: number;
  readonly authors: number;
  /** Of the last step within the bar, for a bar of this length; null where there was none. */
  readonly expected: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly score: number | null;
}

/** Bars between two times that have posts or steps, the oldest first, empty ones between them too; `minutes` long. */
export async function hotspotTimeline(
  pool: Pool,
  { hotspotId, minutes, limit }: { readonly hotspotId: string; readonly minutes: number; readonly limit: number },
): Promise<TimelineBar[]> {
  const { rows } = await pool.query<TimelineBar>(
    `WITH step AS (SELECT make_interval(mins => $2) AS length),
       posts AS (
         SELECT date_bin((SELECT length FROM step), at, 'epoch') AS bar, count(*)::int AS posts,
           count(DISTINCT coalesce(author, post_id::text))::int AS authors
         FROM detection_posts WHERE hotspot_id = $1 GROUP BY 1
       ),
       points AS (
         SELECT DISTINCT ON (bar) * FROM (
           SELECT date_bin((SELECT length FROM step), at - interval '1 ms', 'epoch') AS bar, at, expected, low, high, score
           FROM hotspot_points WHERE hotspot_id = $1
         ) p ORDER BY bar, at DESC
       ),
       span AS (
         SELECT greatest(min(bar), max(bar) - ($3 - 1) * (SELECT length FROM step)) AS first, max(bar) AS last
         FROM (SELECT bar FROM posts UNION ALL SELECT bar FROM points) b
       )
     SELECT bar AS "from", bar + (SELECT length FROM step) AS "to", coalesce(posts.posts, 0) AS posts, coalesce(authors, 0) AS authors,
       expected * $2 / 60.0 AS expected, (low * $2 / 60.0)::float8 AS low, (high * $2 / 60.0)::float8 AS high, score
     FROM span, generate_series(first, last, (SELECT length FROM step)) AS bar
     LEFT JOIN posts USING (bar) LEFT JOIN points USING (bar) ORDER BY bar`,
    [hotspotId, minutes, limit],
  );
  return rows;
}
