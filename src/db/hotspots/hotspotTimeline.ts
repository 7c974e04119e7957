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

/**
 * Bars between two times of each hotspot that have posts or steps, the oldest first, empty ones between them too; `minutes` long, of each hotspot the
 * newest `limit`.
 */
export async function hotspotTimelines(
  pool: Pool,
  {
    hotspotIds,
    minutes,
    limit,
  }: { readonly hotspotIds: readonly string[]; readonly minutes: number; readonly limit: number },
): Promise<(TimelineBar & { readonly hotspotId: string })[]> {
  const { rows } = await pool.query<TimelineBar & { hotspotId: string }>(
    `SELECT wanted.id AS "hotspotId", bars.* FROM unnest($1::text[]) AS wanted (id) JOIN LATERAL (
     WITH step AS (SELECT make_interval(mins => $2) AS length),
       posts AS (
         SELECT date_bin((SELECT length FROM step), at, 'epoch') AS bar, count(*)::int AS posts,
           count(DISTINCT coalesce(author, post_id::text))::int AS authors
         FROM detection_posts WHERE hotspot_id = wanted.id GROUP BY 1
       ),
       points AS (
         SELECT DISTINCT ON (bar) * FROM (
           SELECT date_bin((SELECT length FROM step), at - interval '1 ms', 'epoch') AS bar, at, expected, low, high, score
           FROM hotspot_points WHERE hotspot_id = wanted.id
         ) p ORDER BY bar, at DESC
       ),
       span AS (
         SELECT greatest(min(bar), max(bar) - ($3 - 1) * (SELECT length FROM step)) AS first, max(bar) AS last
         FROM (SELECT bar FROM posts UNION ALL SELECT bar FROM points) b
       )
     SELECT bar AS "from", bar + (SELECT length FROM step) AS "to", coalesce(posts.posts, 0) AS posts, coalesce(authors, 0) AS authors,
       expected * $2 / 60.0 AS expected, (low * $2 / 60.0)::float8 AS low, (high * $2 / 60.0)::float8 AS high, score
     FROM span, generate_series(first, last, (SELECT length FROM step)) AS bar
     LEFT JOIN posts USING (bar) LEFT JOIN points USING (bar)
     ) bars ON true ORDER BY bars."from"`,
    [hotspotIds, minutes, limit],
  );
  return rows;
}
