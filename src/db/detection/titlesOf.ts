// What hotspots are called: of those that have new members.
import type { ClientBase } from 'pg';
import type { Finding } from '../../analytics/detection/finding.js';
import type { SavedDetector, SavedPost } from '../../analytics/detection/saved.js';
import { backgroundOf, keywordsOf, type SpokenPost } from '../../analytics/words/keywords.js';
import { titleOf } from '../../analytics/words/title.js';

export interface Title {
  readonly title: string;
  readonly keywords: readonly string[];
}

/** Members that are looked at, the surest first, and posts of no hotspot that they are told from, the newest. */
const MEMBERS = 200;
const OTHERS = 1500;
export const KEYWORDS = 8;

/** SQL: a post as its words are counted. */
export const SPOKEN = `d.caption, d.text, coalesce(d.author, d.post_id::text) AS author, d.piece`;

/** By hotspot. A title that says nearly as much as a new one stays. */
export async function titlesOf(
  client: ClientBase,
  {
    findings,
    posts,
    saved,
  }: { readonly findings: readonly Finding[]; readonly posts: readonly SavedPost[]; readonly saved: SavedDetector },
): Promise<Map<string, Title>> {
  const living = new Set(saved.hotspots.filter(({ state }) => state === 'living').map(({ id }) => id));
  const homes = new Map(posts.flatMap(({ id, hotspot }) => (hotspot === null ? [] : [[id, hotspot] as const])));
  for (const finding of findings)
    if (finding.type === 'assign' && finding.hotspot !== null) homes.set(finding.post, finding.hotspot);
  const changed = [...new Set(homes.values())].filter((id) => living.has(id));
  const titles = new Map<string, Title>();
  if (changed.length === 0) return titles;
  const background = backgroundOf(await othersSpoken(client));
  const previous = new Map(
    (
      await client.query<{ id: string; title: string }>('SELECT id, title FROM hotspots WHERE id = ANY($1::text[])', [
        changed,
      ])
    ).rows.map(({ id, title }) => [id, title === '' ? null : title]),
  );
  for (const id of changed) {
    // Members of before, and those of this step, which are not stored yet.
    const here = [...homes].flatMap(([post, hotspot]) => (hotspot === id ? [post] : []));
    const gone = posts.flatMap((post) => (post.hotspot === id ? [] : [post.id]));
    const rows = await spokenBy(client, { hotspotId: id, here, gone });
    const keywords = keywordsOf(rows, background, { count: KEYWORDS });
    const title = titleOf(rows, keywords, previous.get(id) ?? null);
    if (title !== null) titles.set(id, { title, keywords: keywords.map(({ text }) => text) });
  }
  return titles;
}

/** Posts of a hotspot, with those that have come to it (`here`) and without those that have left (`gone`) since it was stored. */
export async function spokenBy(
  client: Pick<ClientBase, 'query'>,
  {
    hotspotId,
    here = [],
    gone = [],
  }: { readonly hotspotId: string; readonly here?: readonly string[]; readonly gone?: readonly string[] },
): Promise<SpokenPost[]> {
  const { rows } = await client.query<SpokenPost>(
    `SELECT ${SPOKEN} FROM detection_posts d
     WHERE (d.hotspot_id = $1 AND NOT d.post_id = ANY($3::uuid[])) OR d.post_id = ANY($2::uuid[])
     ORDER BY d.evidence DESC, d.number LIMIT ${MEMBERS}`,
    [hotspotId, here, gone],
  );
  return rows;
}

/** The newest posts of no hotspot. */
export async function othersSpoken(client: Pick<ClientBase, 'query'>): Promise<SpokenPost[]> {
  const { rows } = await client.query<SpokenPost>(
    `SELECT ${SPOKEN} FROM detection_posts d WHERE d.kept AND d.hotspot_id IS NULL ORDER BY d.number DESC LIMIT ${OTHERS}`,
  );
  return rows;
}
