// Hotspots are called by what their posts say: of posts that are deleted nothing may be quoted any longer.
import type { ClientBase } from 'pg';
import { backgroundOf, keywordsOf } from '../../analytics/words/keywords.js';
import { titleOf } from '../../analytics/words/title.js';
import { KEYWORDS, othersSpoken, spokenBy } from '../detection/titlesOf.js';

/**
 * Words anew the hotspots that posts were deleted from (`hotspotIds`), and those whose title or keywords are found in the texts
 * that were deleted, wherever their posts are by now. A hotspot that is over and has no post left is deleted. Resolves to those that were
 * worded anew.
 */
export async function forgetWords(
  client: ClientBase,
  { hotspotIds, texts }: { readonly hotspotIds: readonly string[]; readonly texts: readonly string[] },
): Promise<readonly string[]> {
  const concerned = new Set([...hotspotIds, ...(await quoting(client, texts))]);
  if (concerned.size === 0) return [];
  const { rows: gone } = await client.query<{ id: string }>(
    `DELETE FROM hotspots h WHERE id = ANY($1::text[]) AND state = 'ENDED'
       AND NOT EXISTS (SELECT FROM detection_posts d WHERE d.hotspot_id = h.id) RETURNING id`,
    [[...concerned]],
  );
  for (const { id } of gone) concerned.delete(id);
  await client.query('DELETE FROM hotspot_marks WHERE hotspot_id = ANY($1::text[])', [gone.map(({ id }) => id)]);
  if (concerned.size === 0) return [];
  const background = backgroundOf(await othersSpoken(client));
  for (const id of [...concerned].sort()) {
    const posts = await spokenBy(client, { hotspotId: id });
    const keywords = keywordsOf(posts, background, { count: KEYWORDS });
    const title = titleOf(posts, keywords, null) ?? '';
    await client.query('UPDATE hotspots SET title = $2, keywords = $3 WHERE id = $1', [
      id,
      title,
      keywords.map(({ text }) => text),
    ]);
  }
  return [...concerned];
}

/** Hotspots all of whose title, or of one of whose keywords, is said in one of the texts. */
async function quoting(client: ClientBase, texts: readonly string[]): Promise<string[]> {
  const said = texts.map(wordsIn).filter((words) => words.size > 0);
  if (said.length === 0) return [];
  const { rows } = await client.query<{ id: string; title: string; keywords: string[] }>(
    `SELECT id, title, keywords FROM hotspots WHERE title <> '' OR cardinality(keywords) > 0`,
  );
  // "Mill Street: burning house at night" is of two parts, a phrase and what one post says.
  return rows
    .filter(({ title, keywords }) =>
      [title, ...title.split(': '), ...keywords].some((part) => {
        const words = [...wordsIn(part)];
        return words.length > 0 && said.some((all) => words.every((word) => all.has(word)));
      }),
    )
    .map(({ id }) => id);
}

function wordsIn(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []);
}
