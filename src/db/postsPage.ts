// Which posts are there, newest first? One page by keyset on (posted_at, id), and their number.
import type { Pool } from 'pg';
import { likePattern } from './likePattern.js';
import type { MapArea } from './map/mapArea.js';
import { POST_COLUMNS, type PostRow } from './postRow.js';
import { NEWEST_EDIT } from './shownText.js';

export type PictureStatus = 'PENDING' | 'COMPLETED' | 'FAILED';

export interface PostsFilter {
  /** Inclusive. */
  readonly since?: Date | undefined;
  /** Exclusive. */
  readonly until?: Date | undefined;
  readonly source?: string | undefined;
  readonly author?: string | undefined;
  /** Tags of languages (BCP 47), in any case: one matches itself, and what is more special (RFC 4647, basic filtering). */
  readonly language?: readonly string[] | undefined;
  /** Found in the post's text or in a shown caption, in any case; of whole words the last may be only begun. */
  readonly text?: string | undefined;
  /** Of at least one of the post's pictures. */
  readonly status?: PictureStatus | undefined;
  readonly hasImage?: boolean | undefined;
  readonly hotspotId?: string | undefined;
  /** At least one of its pictures stands within. */
  readonly area?: MapArea | undefined;
}

/** A place in the order of posts: behind or before it other posts lie, also such of the same millisecond. */
export interface PostPlace {
  readonly postedAt: Date;
  readonly id: string;
}

export interface PostsPageOptions {
  readonly filter: PostsFilter;
  readonly limit: number;
  /** Take the page from the old end (`last`); rows are newest first all the same. */
  readonly backward: boolean;
  readonly after?: PostPlace | undefined;
  readonly before?: PostPlace | undefined;
}

/** At most `limit` posts, newest first, and whether there are more in the direction of travel. One statement. */
export async function postsPage(
  pool: Pool,
  { filter, limit, backward, after, before }: PostsPageOptions,
): Promise<{ readonly rows: PostRow[]; readonly more: boolean }> {
  const { conditions, values, place } = postsWhere(filter, { byWords: false });
  if (after !== undefined)
    conditions.push(`(p.posted_at, p.id) < (${place(after.postedAt)}, ${place(after.id)}::uuid)`);
  if (before !== undefined) {
    conditions.push(`(p.posted_at, p.id) > (${place(before.postedAt)}, ${place(before.id)}::uuid)`);
  }
  const direction = backward ? 'ASC' : 'DESC';
  const said = saidQuery(filter.text, place);
  // Those that say the words, in their order, until enough of them pass: words of a common caption are said by thousands, each of which would
  // have its texts compared.
  const posts =
    said === undefined
      ? 'posts p'
      : `(SELECT post_id, posted_at FROM post_words WHERE words @@ ${said} ORDER BY posted_at ${direction}, post_id ${direction} OFFSET 0) w
         JOIN LATERAL (SELECT * FROM posts WHERE id = w.post_id LIMIT 1) p ON true`;
  const order = said === undefined ? ['p.posted_at', 'p.id'] : ['w.posted_at', 'w.post_id'];
  const { rows } = await pool.query<PostRow>(
    `SELECT ${POST_COLUMNS} FROM ${posts} WHERE ${conditions.join(' AND ')}
     ORDER BY ${order.map((column) => `${column} ${direction}`).join(', ')} LIMIT ${place(limit + 1)}`,
    values,
  );
  const page = rows.slice(0, limit);
  return { rows: backward ? page.reverse() : page, more: rows.length > limit };
}

/** How many posts there are under the filter. */
export async function postsCount(pool: Pool, filter: PostsFilter): Promise<number> {
  const { conditions, values } = postsWhere(filter);
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM posts p WHERE ${conditions.join(' AND ')}`,
    values,
  );
  return rows[0]?.count ?? 0;
}

/**
 * SQL: the conditions on posts `p`, their values, and how another value gets its place. `byWords`: whether those that can say a text are looked up
 * among the words first (default); else the caller does (saidQuery).
 */
export function postsWhere(filter: PostsFilter, { byWords = true } = {}) {
  const values: unknown[] = [];
  const place = (value: unknown) => `$${values.push(value)}`;
  const conditions = ['true'];
  if (filter.since !== undefined) conditions.push(`p.posted_at >= ${place(filter.since)}`);
  if (filter.until !== undefined) conditions.push(`p.posted_at < ${place(filter.until)}`);
  if (filter.source !== undefined) conditions.push(`p.source = ${place(filter.source)}`);
  if (filter.author !== undefined) conditions.push(`p.author = ${place(filter.author)}`);
  if (filter.language !== undefined) {
    // Each by itself: so an index finds the languages that few posts are in.
    const each = filter.language.map((tag) => {
      const lower = tag.toLowerCase();
      return `lower(p.language) = ${place(lower)} OR lower(p.language) LIKE ${place(`${lower}-%`)}`;
    });
    conditions.push(`(${each.join(' OR ')})`);
  }
  if (filter.text !== undefined) {
    const pattern = place(likePattern(filter.text));
    const said = byWords ? saidQuery(filter.text, place) : undefined;
    if (said !== undefined) conditions.push(`p.id IN (SELECT post_id FROM post_words WHERE words @@ ${said})`);
    conditions.push(`(p.text ILIKE ${pattern} OR EXISTS (
      SELECT FROM post_images pi JOIN images i ON i.sha256 = pi.image_sha256
      LEFT JOIN captions c ON c.id = i.current_caption_id ${NEWEST_EDIT}
      WHERE pi.post_id = p.id AND coalesce(e.text, c.text) ILIKE ${pattern}))`);
  }
  if (filter.status !== undefined) {
    conditions.push(`EXISTS (SELECT FROM post_images pi LEFT JOIN images i ON i.sha256 = pi.image_sha256
      WHERE pi.post_id = p.id AND ${PICTURE_STATUS} = ${place(filter.status)})`);
  }
  if (filter.hasImage !== undefined) {
    conditions.push(`${filter.hasImage ? '' : 'NOT '}EXISTS (SELECT FROM post_images pi WHERE pi.post_id = p.id)`);
  }
  if (filter.hotspotId !== undefined) {
    conditions.push(
      `EXISTS (SELECT FROM detection_posts d WHERE d.post_id = p.id AND d.hotspot_id = ${place(filter.hotspotId)})`,
    );
  }
  if (filter.area !== undefined) {
    conditions.push(`EXISTS (SELECT FROM post_images pi JOIN map_points mp ON mp.image_sha256 = pi.image_sha256
      WHERE pi.post_id = p.id AND mp.layout = ${place(filter.area.layout)} AND ${place(filter.area.polygon)}::text::polygon @> point(mp.x, mp.y))`);
  }
  return { conditions, values, place };
}

/** SQL: the tsquery of all that may hold a text; undefined where words can't tell. */
function saidQuery(text: string | undefined, place: (value: unknown) => string): string | undefined {
  const words = text === undefined ? undefined : indexedWords(text);
  if (words === undefined) return undefined;
  const [before, last, begun] = [place(words.before), place(words.last), place(`${words.last.toLowerCase()}:*`)];
  return `(plainto_tsquery('hotlens', ${before}) && (plainto_tsquery('hotlens', ${last}) || to_tsquery('simple', ${begun})))`;
}

/**
 * A text as words that the full-text index finds before the text itself is compared: all but the last, and the last. Undefined: it has none, or signs
 * that may be within words, or may be of a script that puts no spaces between them.
 */
function indexedWords(text: string): { readonly before: string; readonly last: string } | undefined {
  const words =
    /^(.*?)([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}\p{N}]+)$/u.exec(
      text,
    );
  if (
    words === null ||
    /[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}\p{N}\s#,!?]/u.test(text)
  )
    return undefined;
  return { before: words[1]!, last: words[2]! };
}

/** SQL: how far picture `pi` with its image `i` has come. `pictureStatus` in resolvers/postImage.ts says the same of rows. */
const PICTURE_STATUS = `(CASE
  WHEN pi.status = 'FAILED' THEN 'FAILED'
  WHEN i.current_caption_id IS NOT NULL THEN 'COMPLETED'
  WHEN (SELECT c.status FROM captions c WHERE c.image_sha256 = i.sha256 ORDER BY c.created_at DESC, c.id DESC LIMIT 1) = 'FAILED' THEN 'FAILED'
  ELSE 'PENDING' END)`;
