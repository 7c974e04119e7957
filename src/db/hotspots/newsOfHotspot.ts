// What is new in a hotspot in its last hours.
import type { Pool } from 'pg';
import { backgroundOf, type SpokenPost } from '../../analytics/words/keywords.js';
import { type NewPhrase, whatIsNew } from '../../analytics/words/whatIsNew.js';
import { othersSpoken, SPOKEN } from '../detection/titlesOf.js';

/** Posts that are looked at, the newest first. */
const MOST = 3000;

/** Phrases of the posts of the `hours` before the hotspot's newest post, against those before. */
export async function newsOfHotspot(
  pool: Pool,
  { hotspotId, hours, limit }: { readonly hotspotId: string; readonly hours: number; readonly limit: number },
): Promise<NewPhrase[]> {
  const { rows } = await pool.query<SpokenPost & { at: Date }>(
    `SELECT ${SPOKEN}, d.at FROM detection_posts d WHERE d.hotspot_id = $1 ORDER BY d.at DESC, d.number DESC LIMIT ${MOST}`,
    [hotspotId],
  );
  const [newest] = rows;
  if (newest === undefined) return [];
  const since = newest.at.getTime() - hours * 3_600_000;
  const client = await pool.connect();
  try {
    const background = backgroundOf(await othersSpoken(client));
    return whatIsNew(
      rows.filter(({ at }) => at.getTime() > since),
      rows.filter(({ at }) => at.getTime() <= since),
      { background, count: limit },
    );
  } finally {
    client.release();
  }
}
