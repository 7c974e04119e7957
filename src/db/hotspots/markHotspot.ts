// What people say of hotspots: names, pins, mutes; and merges and splits, which detection carries out.
import type { ClientBase, Pool } from 'pg';
import type { HotspotMark } from '../generated/client.js';
import { uuidv7 } from '../uuidv7.js';

/** What is not given stays as it is; a null name gives the found title back. */
export async function markHotspot(
  client: ClientBase,
  hotspotId: string,
  mark: { readonly name?: string | null; readonly pinned?: boolean; readonly muted?: boolean },
): Promise<void> {
  await client.query(
    `INSERT INTO hotspot_marks AS known (hotspot_id, name, pinned, muted) VALUES ($1, $2, coalesce($4, false), coalesce($5, false))
     ON CONFLICT (hotspot_id) DO UPDATE SET name = CASE WHEN $3 THEN $2 ELSE known.name END, pinned = coalesce($4, known.pinned),
       muted = coalesce($5, known.muted), updated_at = now()`,
    [hotspotId, mark.name ?? null, mark.name !== undefined, mark.pinned ?? null, mark.muted ?? null],
  );
}

/** What people have said of a hotspot so far; null: nothing. */
export async function hotspotMark(
  db: Pool | ClientBase,
  hotspotId: string,
): Promise<Pick<HotspotMark, 'name' | 'pinned' | 'muted'> | null> {
  const { rows } = await db.query<Pick<HotspotMark, 'name' | 'pinned' | 'muted'>>(
    'SELECT name, pinned, muted FROM hotspot_marks WHERE hotspot_id = $1',
    [hotspotId],
  );
  return rows[0] ?? null;
}

export async function decideMerge(
  client: ClientBase,
  { whole, part }: { readonly whole: string; readonly part: string },
): Promise<string> {
  const id = uuidv7();
  await client.query(`INSERT INTO hotspot_decisions (id, kind, hotspot_id, other_id) VALUES ($1, 'MERGE', $2, $3)`, [
    id,
    whole,
    part,
  ]);
  return id;
}

/** Of the posts those that are members of the hotspot; null where none is. Both resolve to the decision's id. */
export async function decideSplit(
  client: ClientBase,
  { hotspotId, postIds }: { readonly hotspotId: string; readonly postIds: readonly string[] },
): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT post_id AS id FROM detection_posts WHERE hotspot_id = $1 AND post_id = ANY($2::uuid[]) AND kept ORDER BY number`,
    [hotspotId, postIds],
  );
  if (rows.length === 0) return null;
  const id = uuidv7();
  await client.query(
    `INSERT INTO hotspot_decisions (id, kind, hotspot_id, post_ids) VALUES ($1, 'SPLIT', $2, $3::uuid[])`,
    [id, hotspotId, rows.map((row) => row.id)],
  );
  return id;
}
