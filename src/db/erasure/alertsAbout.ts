// Which messages show something of posts or hotspots.
import type { ClientBase } from 'pg';

/** The alerts whose messages name one of the posts, or what one of the hotspots is called. */
export async function alertsAbout(
  client: ClientBase,
  { postIds, hotspotIds }: { readonly postIds: readonly string[]; readonly hotspotIds: readonly string[] },
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT DISTINCT told.id::text FROM alerts a CROSS JOIN LATERAL (VALUES (a.id), (a.digest_id)) AS told (id)
     WHERE told.id IS NOT NULL AND (a.hotspot_id = ANY($2::text[]) OR a.post_ids && $1::uuid[])`,
    [postIds, hotspotIds],
  );
  return rows.map(({ id }) => id);
}
