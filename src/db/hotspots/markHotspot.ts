// What people say of hotspots: names, pins, mutes. Merges and splits are in decisions.ts.
import type { ClientBase, Pool } from 'pg';
import type { HotspotMark } from '../generated/client.js';

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
