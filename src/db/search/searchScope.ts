// Which posts a search looks at: those of a filter, as a condition or, where they are few, one by one.
import type { Pool } from 'pg';
import { type PostsFilter, postsWhere } from '../postsPage.js';

/** Up to so many posts are looked at one by one: exact, and faster than to go through all that is near and leave most of it out. */
export const FEW_POSTS = 5_000;

export interface SearchScope {
  readonly filter: PostsFilter;
  /** Only posts that were there at this moment: a later page is of the same list as the first. */
  readonly asOf: Date;
  /** All posts of the filter, where they are few. */
  readonly ids: readonly string[] | undefined;
}

/** Looks how many posts the filter leaves, now or as of the moment at which the list began. */
export async function searchScope(pool: Pool, filter: PostsFilter, began: Date | undefined): Promise<SearchScope> {
  const asOf = began ?? (await databaseTime(pool));
  if (Object.values(filter).every((value) => value === undefined)) return { filter, asOf, ids: undefined };
  const { conditions, values, place } = postsWhere(filter);
  const { rows } = await pool.query<{ id: string }>(
    `SELECT p.id FROM posts p WHERE ${conditions.join(' AND ')} LIMIT ${place(FEW_POSTS + 1)}`,
    values,
  );
  return { filter, asOf, ids: rows.length > FEW_POSTS ? undefined : rows.map(({ id }) => id) };
}

/** SQL: that post `p` is in the scope, the values of it, and how another value gets its place. */
export function scopeWhere({ filter, asOf, ids }: SearchScope) {
  const where = ids === undefined ? postsWhere(filter) : postsWhere({});
  const { conditions, values, place } = where;
  if (ids !== undefined) conditions.push(`p.id = ANY(${place(ids)}::uuid[])`);
  conditions.push(`p.created_at <= ${place(asOf)}`);
  return { inScope: conditions.join(' AND '), values, place };
}

/** By the clock that `created_at` is of; a whole millisecond, not before now. */
async function databaseTime(pool: Pool): Promise<Date> {
  const { rows } = await pool.query<{ now: Date }>(`SELECT clock_timestamp() + interval '1 ms' AS now`);
  return rows[0]!.now;
}
