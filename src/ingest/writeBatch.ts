// One prepared batch into the database: posts, pictures, rejections, counts and jobs in one transaction.
import type { ClientBase } from 'pg';
import { addToImport, type ImportCounts } from '../db/importRecord.js';
import { insertImages, upsertPostImages } from '../db/upsertPostImages.js';
import { upsertPosts } from '../db/upsertPosts.js';
import { withTransaction } from '../db/withTransaction.js';
import { messageOf } from '../errors.js';
import { cleanText } from './cleanText.js';
import { EXCERPT_LENGTH, type Rejection } from './importRow.js';
import type { IngestDeps } from './ingestPosts.js';
import type { PreparedBatch, PreparedPicture, PreparedPost } from './prepareBatches.js';

export interface WrittenBatch {
  readonly accepted: number;
  readonly updated: number;
  readonly rejections: readonly Rejection[];
  readonly toFetch: number;
}

type WriteDeps = Pick<IngestDeps, 'db' | 'enqueue'>;
type Batch = Pick<PreparedBatch, 'posts' | 'rejections'>;

const ATTEMPTS = 5;

/**
 * Writes the batch. Should the database refuse a value that was thought good, the batch is halved until the row that brings it
 * is alone, and that one is rejected: one row must never hold up the others.
 */
export async function writeBatch(
  deps: WriteDeps,
  { importId, batch }: { importId: string; batch: Batch },
): Promise<WrittenBatch> {
  try {
    return await attempt(deps, importId, batch);
  } catch (error) {
    const { posts, rejections } = batch;
    if (!isDataError(error) || posts.length === 0) throw error;
    if (posts.length === 1) {
      const [{ place, post }] = posts as [PreparedPost];
      const reason = cleanText(`the database refuses it: ${messageOf(error)}`);
      const rejection = { place, reason, excerpt: JSON.stringify(post.raw).slice(0, EXCERPT_LENGTH) };
      return await attempt(deps, importId, { posts: [], rejections: [...rejections, rejection] });
    }
    const middle = posts.length >> 1;
    const first = await writeBatch(deps, { importId, batch: { posts: posts.slice(0, middle), rejections } });
    const second = await writeBatch(deps, { importId, batch: { posts: posts.slice(middle), rejections: [] } });
    return {
      accepted: first.accepted + second.accepted,
      updated: first.updated + second.updated,
      rejections: [...first.rejections, ...second.rejections].sort((a, b) => a.place - b.place),
      toFetch: first.toFetch + second.toFetch,
    };
  }
}

/** The transaction, again where another one got in its way (deadlock, serialization failure). */
async function attempt({ db, enqueue }: WriteDeps, importId: string, batch: Batch): Promise<WrittenBatch> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await withTransaction(db.pool, (client) => write(client, { enqueue, importId, batch }));
    } catch (error) {
      if (!/^40(001|P01)$/.test(sqlState(error)) || attempts === ATTEMPTS) throw error;
    }
  }
}

async function write(
  client: ClientBase,
  { enqueue, importId, batch }: Pick<WriteDeps, 'enqueue'> & { importId: string; batch: Batch },
): Promise<WrittenBatch> {
  const { posts, repeated } = lastOfEach(batch.posts);
  const upserted = await upsertPosts(client, { posts: posts.map(({ post }) => post), importId });
  const withPictures = posts.flatMap(({ pictures }, i) => (pictures ? [{ postId: upserted[i]!.id, pictures }] : []));
  await insertImages(client, distinctImages(withPictures.flatMap(({ pictures }) => pictures)));
  const changed = await upsertPostImages(client, {
    postIds: withPictures.map(({ postId }) => postId),
    pictures: withPictures.flatMap(({ postId, pictures }) =>
      pictures.map(({ altText, url, image, error }, position) => ({
        postId,
        position,
        altText,
        url,
        status: error !== null ? ('FAILED' as const) : image ? ('STORED' as const) : ('PENDING' as const),
        error,
        imageSha256: image?.sha256 ?? null,
      })),
    ),
  });

  const accepted = upserted.filter(({ inserted }) => inserted).length;
  const counts: ImportCounts = {
    accepted,
    updated: upserted.length - accepted + repeated,
    rejected: batch.rejections.length,
  };
  await addToImport(client, { importId, counts, rejections: batch.rejections });

  const fetch = changed.flatMap(({ id, status }) => (status === 'PENDING' ? [id] : []));
  const caption = [...new Set(changed.flatMap(({ imageSha256 }) => imageSha256 ?? []))];
  if (fetch.length + caption.length > 0) await enqueue(client, { fetch, caption });
  return { accepted, updated: counts.updated, rejections: batch.rejections, toFetch: fetch.length };
}

/** One statement cannot update a row twice: of rows with the same identity the last counts, as if they came one after the other. */
function lastOfEach(posts: readonly PreparedPost[]): { posts: PreparedPost[]; repeated: number } {
  const last = new Map<string, PreparedPost>();
  for (const prepared of posts) {
    const identity = JSON.stringify([prepared.post.source, prepared.post.nativeId]);
    const earlier = last.get(identity);
    last.set(identity, earlier === undefined ? prepared : followedBy(earlier, prepared));
  }
  return { posts: [...last.values()], repeated: posts.length - last.size };
}

/** What a later row leaves out, pictures too, keeps its value: as upsertPosts and upsertPostImages have it for rows of different batches. */
function followedBy(earlier: PreparedPost, later: PreparedPost): PreparedPost {
  const [was, is] = [earlier.post, later.post];
  return {
    ...later,
    pictures: later.pictures ?? earlier.pictures,
    post: {
      ...is,
      author: is.author ?? was.author,
      language: is.language ?? was.language,
      url: is.url ?? was.url,
      likes: is.likes ?? was.likes,
      reposts: is.reposts ?? was.reposts,
      replies: is.replies ?? was.replies,
    },
  };
}

function distinctImages(pictures: readonly PreparedPicture[]) {
  return [...new Map(pictures.flatMap(({ image }) => (image ? [[image.sha256, image] as const] : []))).values()];
}

/** Classes of SQLSTATE that speak of the values: data exception, integrity constraint, program limit. */
function isDataError(error: unknown): boolean {
  return /^(22|23|54)/.test(sqlState(error));
}

function sqlState(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : '';
}
