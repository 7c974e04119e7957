// Which hotspots are there? One page by keyset in one of four orders, and their number.
import type { Pool } from 'pg';
import type { HotspotState } from '../generated/client.js';
import { HOTSPOT_COLUMNS, HOTSPOTS, type HotspotRow } from './hotspotRow.js';

export type HotspotOrder = 'TRENDING' | 'PEAK' | 'NEWEST' | 'LARGEST';

export interface HotspotsFilter {
  readonly states?: readonly HotspotState[] | undefined;
  /** Only those in the list of trending hotspots (true), or not in it. */
  readonly trending?: boolean | undefined;
  /** Only those that lived at some time from here ... */
  readonly from?: Date | undefined;
  /** ... to here. */
  readonly to?: Date | undefined;
  readonly muted?: boolean | undefined;
}

/** A place in an order: the sorting number and the id. */
export interface HotspotPlace {
  readonly key: number;
  readonly id: string;
}

/** SQL: what an order sorts by, the highest first; pinned hotspots come before all others. */
const KEYS: Record<HotspotOrder, string> = {
  TRENDING: `h.score + CASE WHEN coalesce(m.pinned, false) THEN 1e6 ELSE 0 END + CASE WHEN h.rank IS NOT NULL THEN 1e3 ELSE 0 END`,
  PEAK: `h.peak_score + CASE WHEN coalesce(m.pinned, false) THEN 1e6 ELSE 0 END`,
  NEWEST: `extract(epoch FROM h.emerged_at)::float8 + CASE WHEN coalesce(m.pinned, false) THEN 1e12 ELSE 0 END`,
  LARGEST: `(SELECT count(*) FROM detection_posts d WHERE d.hotspot_id = h.id)::float8 + CASE WHEN coalesce(m.pinned, false) THEN 1e12 ELSE 0 END`,
};

/** At most `limit` hotspots behind a place, each with its sorting number. */
export async function hotspotsPage(
  pool: Pool,
  {
    filter,
    order,
    limit,
    after,
  }: {
    readonly filter: HotspotsFilter;
    readonly order: HotspotOrder;
    readonly limit: number;
    readonly after?: HotspotPlace | undefined;
  },
): Promise<{ readonly rows: (HotspotRow & { readonly key: number })[]; readonly more: boolean }> {
  const { conditions, values, place } = where(filter);
  const behind = after === undefined ? '' : `WHERE (key, id) < (${place(after.key)}::float8, ${place(after.id)}::text)`;
  const { rows } = await pool.query<HotspotRow & { key: number }>(
    `SELECT * FROM (SELECT ${HOTSPOT_COLUMNS}, ${KEYS[order]} AS key FROM ${HOTSPOTS} WHERE ${conditions}) h
     ${behind} ORDER BY key DESC, id DESC LIMIT ${place(limit + 1)}`,
    values,
  );
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

export async function hotspotsCount(pool: Pool, filter: HotspotsFilter): Promise<number> {
  const { conditions, values } = where(filter);
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${HOTSPOTS} WHERE ${conditions}`,
    values,
  );
  return rows[0]?.count ?? 0;
}

function where({ states, trending, from, to, muted }: HotspotsFilter) {
  const values: unknown[] = [];
  const place = (value: unknown) => `$${values.push(value)}`;
  const conditions = ['true'];
  if (states !== undefined) conditions.push(`h.state::text = ANY(${place(states)}::text[])`);
  if (trending !== undefined) conditions.push(`h.rank IS ${trending ? 'NOT ' : ''}NULL`);
  if (from !== undefined) conditions.push(`(h.ended_at IS NULL OR h.ended_at >= ${place(from)})`);
  if (to !== undefined) conditions.push(`h.emerged_at <= ${place(to)}`);
  if (muted !== undefined) conditions.push(`coalesce(m.muted, false) = ${place(muted)}`);
  return { conditions: conditions.join(' AND '), values, place };
}
