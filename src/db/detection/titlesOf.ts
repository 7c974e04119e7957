// What hotspots are called: of those whose members have changed.
import type { ClientBase } from 'pg';
import type { Finding } from '../../analytics/detection/finding.js';
import type { SavedDetector, SavedPost } from '../../analytics/detection/saved.js';
import { wordsOf } from '../../analytics/detection/wordsOf.js';

/** Members whose captions are looked at, the surest first. */
const LOOKED_AT = 60;

export async function titlesOf(
  client: ClientBase,
  {
    findings,
    posts,
    saved,
  }: { readonly findings: readonly Finding[]; readonly posts: readonly SavedPost[]; readonly saved: SavedDetector },
): Promise<Map<string, { title: string; keywords: string[] }>> {
  const living = new Set(saved.hotspots.filter(({ state }) => state === 'living').map(({ id }) => id));
  const members = new Map<string, string>();
  for (const { id, hotspot } of posts) if (hotspot !== null) members.set(id, hotspot);
  for (const finding of findings)
    if (finding.type === 'assign' && finding.hotspot !== null) members.set(finding.post, finding.hotspot);
  const changed = [...new Set(members.values())].filter((id) => living.has(id));
  const titles = new Map<string, { title: string; keywords: string[] }>();
  if (changed.length === 0) return titles;
  const wanted = posts.filter(({ hotspot }) => hotspot !== null && changed.includes(hotspot));
  const { rows } = await client.query<{ hotspot: string; said: string }>(
    `SELECT g.hotspot, CASE WHEN btrim(d.caption) = '' THEN d.text ELSE d.caption END AS said
     FROM jsonb_to_recordset($1::jsonb) AS g (id uuid, hotspot text, evidence float8) JOIN detection_posts d ON d.post_id = g.id
     ORDER BY g.evidence DESC, d.number`,
    [JSON.stringify(wanted.map(({ id, hotspot, evidence }) => ({ id, hotspot, evidence })))],
  );
  for (const id of changed) {
    const said = rows
      .filter(({ hotspot }) => hotspot === id)
      .slice(0, LOOKED_AT)
      .map((row) => row.said);
    const title = central(said);
    if (title !== null) titles.set(id, { title, keywords: [] });
  }
  return titles;
}

/** The one that shares the most of its words with the others. */
function central(said: readonly string[]): string | null {
  const words = said.map((one) => new Set(wordsOf(one)));
  let best: string | null = null;
  let most = -1;
  for (const [i, mine] of words.entries()) {
    let sum = 0;
    for (const others of words) {
      let shared = 0;
      for (const word of mine) if (others.has(word)) shared += 1;
      sum += shared / (mine.size + others.size - shared || 1);
    }
    if (mine.size > 0 && sum > most) [most, best] = [sum, said[i]!];
  }
  return best;
}
