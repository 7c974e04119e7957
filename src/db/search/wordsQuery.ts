// What somebody typed, as PostgreSQL's full-text search takes it, and about how many posts it will find.
import type { Pool } from 'pg';

export interface WordsQuery {
  /** A tsquery as text; '': nothing in it is a word (signs, emoji). */
  readonly tsquery: string;
  /** As the planner's statistics have it, without regard to filters. */
  readonly about: number;
}

/**
 * Reads words, "quoted phrases", OR and -without as search engines do; no text is an error. Words that say little (the, of) are left out, unless
 * there are no others.
 */
export async function wordsQuery(pool: Pool, text: string): Promise<WordsQuery> {
  const { rows } = await pool.query<{ telling: string; all: string }>(
    `SELECT websearch_to_tsquery('english', $1)::text AS telling, websearch_to_tsquery('hotlens', $1)::text AS all`,
    [text],
  );
  const { telling, all } = rows[0]!;
  const tsquery = telling === '' ? all : telling;
  if (tsquery === '') return { tsquery, about: 0 };
  const { rows: plans } = await pool.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    'EXPLAIN (FORMAT JSON) SELECT FROM post_words WHERE words @@ $1::tsquery',
    [tsquery],
  );
  return { tsquery, about: plans[0]!['QUERY PLAN'][0].Plan['Plan Rows'] };
}
