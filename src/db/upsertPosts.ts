// Posts in, by (source, native id): new ones are inserted, known ones brought up to date.
import type { ClientBase } from 'pg';
import { uuidv7 } from './uuidv7.js';

export interface PostValues {
  readonly source: string;
  readonly nativeId: string;
  readonly author: string | null;
  readonly text: string;
  readonly language: string | null;
  readonly url: string | null;
  readonly postedAt: Date;
  readonly likes: number | null;
  readonly reposts: number | null;
  readonly replies: number | null;
  readonly sensitive: boolean;
  readonly raw: unknown;
}

export interface UpsertedPost {
  readonly id: string;
  /** False where the post was known before. */
  readonly inserted: boolean;
}

/**
 * One statement for any number of posts with distinct identities; resolves to what became of each, in the order given. What an
 * update leaves out (author, language, url, counts) keeps its value. 500 rows in one `jsonb_to_recordset`: 20 times Prisma's
 * createMany on the embedded database.
 */
export async function upsertPosts(
  client: ClientBase,
  { posts, importId }: { posts: readonly PostValues[]; importId: string },
): Promise<UpsertedPost[]> {
  const rows = posts.map(({ nativeId, postedAt, ...post }) => ({
    ...post,
    id: uuidv7(),
    native_id: nativeId,
    posted_at: postedAt,
  }));
  const { rows: upserted } = await client.query<UpsertedPost & { source: string; native_id: string }>(SQL, [
    JSON.stringify(rows),
    importId,
  ]);
  const byIdentity = new Map(upserted.map((post) => [JSON.stringify([post.source, post.native_id]), post]));
  return posts.map(({ source, nativeId }) => {
    const { id, inserted } = byIdentity.get(JSON.stringify([source, nativeId]))!;
    return { id, inserted };
  });
}

// Sorted, so that two imports of the same posts take the rows' locks in the same order instead of waiting for each other in a
// circle. xmax is 0 for a row version that no earlier one was replaced by.
const SQL = `
  INSERT INTO posts AS known
    (id, source, native_id, author, text, language, url, posted_at, likes, reposts, replies, sensitive, raw, import_id)
  SELECT id, source, native_id, author, text, language, url, posted_at, likes, reposts, replies, sensitive, raw, $2::uuid
  FROM jsonb_to_recordset($1::jsonb) AS given
    (id uuid, source text, native_id text, author text, text text, language text, url text, posted_at timestamptz,
     likes int, reposts int, replies int, sensitive boolean, raw jsonb)
  ORDER BY source COLLATE "C", native_id COLLATE "C"
  ON CONFLICT (source, native_id) DO UPDATE SET
    author = COALESCE(excluded.author, known.author),
    text = excluded.text,
    language = COALESCE(excluded.language, known.language),
    url = COALESCE(excluded.url, known.url),
    posted_at = excluded.posted_at,
    likes = COALESCE(excluded.likes, known.likes),
    reposts = COALESCE(excluded.reposts, known.reposts),
    replies = COALESCE(excluded.replies, known.replies),
    sensitive = excluded.sensitive,
    raw = excluded.raw,
    updated_at = now()
  RETURNING id, source, native_id, (known.xmax = 0) AS inserted`;
