// Which posts say these words, in their text or in the captions that are shown of their pictures?
//
// Of the newest that do, those come first that hold the words closest together (ts_rank_cd). At 1,000,000 posts (bench/results.md):
// - a rare word: all posts with it by the GIN index, then the newest of them;
// - a common one: from the newest post back until enough are found. All posts with it would be most of the table.
// The planner, left alone, goes back from the newest post also for what is rarer, and finds nothing for long where it was last said months ago.
import type { Pool } from 'pg';
import { type SearchScope, scopeWhere } from './searchScope.js';
import type { WordsQuery } from './wordsQuery.js';

/** About so many posts with the words can be looked up and sorted within 50 ms. */
const COMMON = 30_000;

/** At most `limit` posts, the best first. */
export async function postsByWords(
  pool: Pool,
  { words, scope, limit }: { readonly words: WordsQuery; readonly scope: SearchScope; readonly limit: number },
): Promise<string[]> {
  if (words.tsquery === '') return [];
  const { since, until, ...others } = scope.filter;
  // Words know the times of their posts: nothing else has to be asked of these.
  const byTime = scope.first && Object.values(others).every((value) => value === undefined);
  const { inScope, values, place } = scopeWhere(byTime ? { ...scope, filter: {} } : scope);
  const inTime = () =>
    [since && `w.posted_at >= ${place(since)}`, until && `w.posted_at < ${place(until)}`]
      .filter(Boolean)
      .join(' AND ') || 'true';
  const query = `${place(words.tsquery)}::tsquery`;
  const rare = !scope.few && words.about <= COMMON;
  const saying = `SELECT w.post_id, w.posted_at FROM post_words w WHERE w.words @@ ${query} AND ${inTime()}`;
  // A rare word's posts are asked about in their order, until enough are in the scope.
  const [found, inIt] = rare
    ? [
        '(SELECT * FROM found ORDER BY posted_at DESC, post_id DESC OFFSET 0)',
        `JOIN LATERAL (SELECT FROM posts p WHERE p.id = w.post_id AND ${inScope} LIMIT 1) p ON true`,
      ]
    : [`(${saying})`, `JOIN posts p ON p.id = w.post_id AND ${inScope}`];
  const { rows } = await pool.query<{ id: string }>(
    `${rare ? `WITH found AS MATERIALIZED (${saying})` : ''}
     SELECT said.post_id AS id FROM (
       SELECT w.post_id, w.posted_at FROM ${found} w ${byTime ? '' : inIt} ORDER BY w.posted_at DESC, w.post_id DESC LIMIT ${place(limit)}
     ) newest JOIN post_words said USING (post_id)
     ORDER BY ts_rank_cd(said.words, ${query}) DESC, said.posted_at DESC, said.post_id DESC`,
    values,
  );
  return rows.map(({ id }) => id);
}
