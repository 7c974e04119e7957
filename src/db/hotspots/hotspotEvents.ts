// What became of hotspots: a page of the history, and single events.
import type { Pool } from 'pg';
import type { HotspotEventKind } from '../generated/client.js';

export interface HotspotEventRow {
  readonly id: string;
  readonly at: Date;
  readonly kind: HotspotEventKind;
  readonly hotspotId: string | null;
  readonly otherId: string | null;
  readonly score: number;
  readonly reason: string;
  readonly postIds: readonly string[];
}

export interface HotspotEventsFilter {
  readonly hotspotId?: string | undefined;
  readonly kinds?: readonly HotspotEventKind[] | undefined;
  /** Inclusive. */
  readonly since?: Date | undefined;
  /** Exclusive. */
  readonly until?: Date | undefined;
}

const COLUMNS = `e.id, e.at, e.kind, e.hotspot_id AS "hotspotId", e.other_id AS "otherId", e.score, e.reason, e.post_ids::text[] AS "postIds"`;

/** At most `limit` events, the newest first, behind a place. */
export async function hotspotEventsPage(
  pool: Pool,
  {
    filter,
    limit,
    after,
  }: {
    readonly filter: HotspotEventsFilter;
    readonly limit: number;
    readonly after?: { readonly at: Date; readonly id: string } | undefined;
  },
): Promise<{ readonly rows: HotspotEventRow[]; readonly more: boolean }> {
  const { conditions, values, place } = where(filter);
  if (after !== undefined) conditions.push(`(e.at, e.id) < (${place(after.at)}, ${place(after.id)}::uuid)`);
  const { rows } = await pool.query<HotspotEventRow>(
    `SELECT ${COLUMNS} FROM hotspot_events e WHERE ${conditions.join(' AND ')} ORDER BY e.at DESC, e.id DESC LIMIT ${place(limit + 1)}`,
    values,
  );
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

export async function hotspotEventsCount(pool: Pool, filter: HotspotEventsFilter): Promise<number> {
  const { conditions, values } = where(filter);
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM hotspot_events e WHERE ${conditions.join(' AND ')}`,
    values,
  );
  return rows[0]?.count ?? 0;
}

/** Null where it is gone. */
export async function hotspotEventById(pool: Pool, id: string): Promise<HotspotEventRow | null> {
  const { rows } = await pool.query<HotspotEventRow>(`SELECT ${COLUMNS} FROM hotspot_events e WHERE e.id = $1`, [id]);
  return rows[0] ?? null;
}

function where({ hotspotId, kinds, since, until }: HotspotEventsFilter) {
  const values: unknown[] = [];
  const place = (value: unknown) => `$${values.push(value)}`;
  const conditions = ['true'];
  if (hotspotId !== undefined) {
    const id = place(hotspotId);
    conditions.push(`(e.hotspot_id = ${id} OR e.other_id = ${id})`);
  }
  if (kinds !== undefined) conditions.push(`e.kind::text = ANY(${place(kinds)}::text[])`);
  if (since !== undefined) conditions.push(`e.at >= ${place(since)}`);
  if (until !== undefined) conditions.push(`e.at < ${place(until)}`);
  return { conditions, values, place };
}
