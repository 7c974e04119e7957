// Which posts a search looks at: those of a filter, as a condition or, where they are few, one by one.
import type { Pool } from 'pg';
import { type PostsFilter, postsWhere } from '../postsPage.js';

/** Up to so many posts are looked at one by one: exact, and faster than to go through all that is near and leave most of it out. */
const FEW_POSTS = 10_000;

export interface SearchScope {
  readonly filter: PostsFilter;
  /** Only posts that were there at this moment: a later page is of the same list as the first. */
  readonly asOf: Date;
  /** Whether this is the first page: all that is there is of its moment. */
  readonly first: boolean;
  /** Whether the filter leaves few posts. */
  readonly few: boolean;
}

/** Looks how many posts the filter leaves, now or as of the moment at which the list began. */
export async function searchScope(pool: Pool, filter: PostsFilter, began: Date | undefined): Promise<SearchScope> {
  const scope = { filter, asOf: began ?? (await databaseTime(pool)), first: began === undefined };
  if (Object.values(filter).every((value) => value === undefined)) return { ...scope, few: false };
  const { conditions, values, place } = postsWhere(filter);
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (SELECT FROM posts p WHERE ${conditions.join(' AND ')} LIMIT ${place(FEW_POSTS + 1)}) passing`,
    values,
  );
  return { ...scope, few: rows[0]!.count <= FEW_POSTS };
}

/** SQL: that post `p` is in the scope, the values of it, and how another value gets its place. */
export function scopeWhere({ filter, asOf, first, few }: SearchScope) {
  const { conditions, values, place } = postsWhere(filter);
  // Their ids are looked up once, and then whatever is asked of each.
  const inFilter = few
    ? `p.id = ANY(ARRAY(SELECT p.id FROM posts p WHERE ${conditions.join(' AND ')}))`
    : conditions.join(' AND ');
  const inScope = first ? inFilter : `${inFilter} AND p.created_at <= ${place(asOf)}`;
  return { inScope, values, place };
}

/** By the clock that `created_at` is of; a whole millisecond, not before now. */
async function databaseTime(pool: Pool): Promise<Date> {
  const { rows } = await pool.query<{ now: Date }>(`SELECT clock_timestamp() + interval '1 ms' AS now`);
  return rows[0]!.now;
}
