// A post as the questions about posts return it.

export interface PostRow {
  readonly id: string;
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
  readonly raw: unknown;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** SQL: the columns of a PostRow from posts `p`. */
export const POST_COLUMNS = `p.id, p.source, p.native_id AS "nativeId", p.author, p.text, p.language, p.url,
  p.posted_at AS "postedAt", p.likes, p.reposts, p.replies, p.raw, p.created_at AS "createdAt", p.updated_at AS "updatedAt"`;
