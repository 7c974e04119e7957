// How many posts of each hotspot are in a report's window and in the one before, and by whom?
import type { Pool } from 'pg';
import { type ReportFilter, reportedPosts, type Span } from './reportedPosts.js';

export interface ReportedCounts {
  readonly posts: number;
  readonly postsBefore: number;
  readonly authors: number;
  readonly authorsBefore: number;
}

export interface CountsOfHotspot extends ReportedCounts {
  readonly hotspotId: string;
}

const COUNTS = (since: string) => `count(*) FILTER (WHERE p.posted_at >= ${since})::int AS posts,
  count(*) FILTER (WHERE p.posted_at < ${since})::int AS "postsBefore",
  count(DISTINCT coalesce(p.author, p.id::text)) FILTER (WHERE p.posted_at >= ${since})::int AS authors,
  count(DISTINCT coalesce(p.author, p.id::text)) FILTER (WHERE p.posted_at < ${since})::int AS "authorsBefore"`;

/** Of every hotspot with a post in either. */
export async function countsByHotspot(
  pool: Pool,
  { filter, window, earlier }: { readonly filter: ReportFilter; readonly window: Span; readonly earlier: Span },
): Promise<CountsOfHotspot[]> {
  const { conditions, values, place } = reportedPosts(filter, { since: earlier.since, until: window.until });
  const { rows } = await pool.query<CountsOfHotspot>(
    `SELECT d.hotspot_id AS "hotspotId", ${COUNTS(place(window.since))}
     FROM posts p JOIN detection_posts d ON d.post_id = p.id
     WHERE ${conditions} AND d.hotspot_id IS NOT NULL GROUP BY d.hotspot_id`,
    values,
  );
  return rows;
}

/** Of all posts in either, also those of no hotspot. */
export async function countsOfAll(
  pool: Pool,
  { filter, window, earlier }: { readonly filter: ReportFilter; readonly window: Span; readonly earlier: Span },
): Promise<ReportedCounts> {
  const { conditions, values, place } = reportedPosts(filter, { since: earlier.since, until: window.until });
  const { rows } = await pool.query<ReportedCounts>(
    `SELECT ${COUNTS(place(window.since))} FROM posts p WHERE ${conditions}`,
    values,
  );
  return rows[0]!;
}

export interface CountOfGroup {
  readonly hotspotId: string;
  /** A source, or a language; empty: the source does not tell. */
  readonly name: string;
  readonly posts: number;
  readonly postsBefore: number;
}

/** Of these hotspots by source or language, the largest group first. */
export async function countsByGroup(
  pool: Pool,
  {
    hotspotIds,
    grouping,
    filter,
    window,
    earlier,
  }: {
    readonly hotspotIds: readonly string[];
    readonly grouping: 'SOURCE' | 'LANGUAGE';
    readonly filter: ReportFilter;
    readonly window: Span;
    readonly earlier: Span;
  },
): Promise<CountOfGroup[]> {
  const { conditions, values, place } = reportedPosts(filter, { since: earlier.since, until: window.until });
  const name = grouping === 'SOURCE' ? 'p.source' : `coalesce(split_part(lower(p.language), '-', 1), '')`;
  const since = place(window.since);
  const { rows } = await pool.query<CountOfGroup>(
    `SELECT d.hotspot_id AS "hotspotId", ${name} AS name, count(*) FILTER (WHERE p.posted_at >= ${since})::int AS posts,
       count(*) FILTER (WHERE p.posted_at < ${since})::int AS "postsBefore"
     FROM detection_posts d JOIN posts p ON p.id = d.post_id
     WHERE d.hotspot_id = ANY(${place(hotspotIds)}::text[]) AND ${conditions} GROUP BY 1, 2 ORDER BY posts DESC, name`,
    values,
  );
  return rows;
}
