// Which posts hold this text as it stands? For what has no words that an index could know: emoji, and scripts that put no spaces between words.
import type { Pool } from 'pg';
import { likePattern } from '../likePattern.js';
import { type SearchScope, scopeWhere } from './searchScope.js';

/** The newest so many are looked through. */
export const LOOKED_THROUGH = 20_000;

/** At most `limit` posts whose text holds it in any case, the newest first. Captions are not looked at: models write none of it. */
export async function postsBySigns(
  pool: Pool,
  { text, scope, limit }: { readonly text: string; readonly scope: SearchScope; readonly limit: number },
): Promise<string[]> {
  const { inScope, values, place } = scopeWhere(scope);
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM (
       SELECT p.id, p.text, p.posted_at FROM posts p WHERE ${inScope} ORDER BY p.posted_at DESC, p.id DESC LIMIT ${LOOKED_THROUGH}
     ) newest WHERE text ILIKE ${place(likePattern(text))} ORDER BY posted_at DESC, id DESC LIMIT ${place(limit)}`,
    values,
  );
  return rows.map(({ id }) => id);
}
