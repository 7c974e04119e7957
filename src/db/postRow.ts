// A post as the questions about posts return it.
import type { Post } from './generated/client.js';

export type PostRow = Omit<Post, 'importId'>;

/** SQL: the columns of a PostRow from posts `p`. */
export const POST_COLUMNS = `p.id, p.source, p.native_id AS "nativeId", p.author, p.text, p.language, p.url,
  p.posted_at AS "postedAt", p.likes, p.reposts, p.replies, p.sensitive, p.raw, p.created_at AS "createdAt", p.updated_at AS "updatedAt"`;
