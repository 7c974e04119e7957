// One prepared batch into the database: posts, pictures, rejections, counts and jobs in one transaction.
import type { ClientBase } from 'pg';
import { erasePosts } from '../db/erasure/erasePosts.js';
import { holdOffErasure, lockForErasure } from '../db/erasure/erasureLock.js';
import { forgetJobs } from '../db/erasure/forgetJobs.js';
import { noteLostImages } from '../db/erasure/lostImages.js';
import { postKeys } from '../db/erasure/tombstones.js';
import { addToImport, type ImportCounts, type ReadSpan } from '../db/importRecord.js';
import { renewReportRuns } from '../db/reports/reportRuns.js';
import { retryTransaction, sqlState } from '../db/retryTransaction.js';
import { insertImages, upsertPostImages } from '../db/upsertPostImages.js';
import { upsertPosts } from '../db/upsertPosts.js';
import { messageOf } from '../errors.js';
import { cleanText } from './cleanText.js';
import { EXCERPT_LENGTH, type RejectedRow, type Rejection } from './importRow.js';
import type { IngestDeps } from './ingestPosts.js';
import type { PreparedBatch, PreparedPost } from './prepareBatches.js';
import { identityOf, refuseDeleted, withoutDeleted } from './refuseDeleted.js';
import type { PreparedPicture } from './takePictures.js';

export interface WrittenBatch {
  readonly accepted: number;
  readonly updated: number;
  readonly rejections: readonly Rejection[];
  /** Rows that said that a post was deleted. */
  readonly deleted: number;
  readonly toFetch: number;
  /** Images that posts have lost, and that purgeImages is to look at. */
  readonly lostImages: number;
}

type WriteDeps = Pick<IngestDeps, 'db' | 'enqueue' | 'media'>;
type Batch = Pick<PreparedBatch, 'posts' | 'deletions' | 'rejections'>;

interface WriteOptions {
  readonly importId: string;
  readonly batch: Batch;
  /** Where the file is read in a way that can go on later: what of it this batch is. */
  readonly span?: ReadSpan | undefined;
}

/**
 * Writes the batch. Should the database refuse a value that was thought good, the batch is halved until the row that brings it
 * is alone, and that one is rejected: one row must never hold up the others.
 */
export async function writeBatch(deps: WriteDeps, { importId, batch, span }: WriteOptions): Promise<WrittenBatch> {
  try {
    return await retryTransaction(deps.db.pool, (client) => write(client, { ...deps, importId, batch, span }));
  } catch (error) {
    const { posts, deletions, rejections } = batch;
    if (!isDataError(error) || posts.length === 0) throw error;
    if (posts.length === 1) {
      const [{ place, post }] = posts as [PreparedPost];
      const reason = cleanText(`the database refuses it: ${messageOf(error)}`);
      const rejection = { place, reason, excerpt: JSON.stringify(post.raw).slice(0, EXCERPT_LENGTH), post };
      return await writeBatch(deps, {
        importId,
        span,
        batch: { posts: [], deletions, rejections: [...rejections, rejection] },
      });
    }
    const middle = posts.length >> 1;
    const halves = [
      { posts: posts.slice(0, middle), deletions: [], rejections: [] },
      { posts: posts.slice(middle), deletions, rejections },
    ];
    // Only the last piece says that the rows are written: a crash between the two brings the posts of the first once more, as known ones.
    const before = span && { after: span.after, to: span.after };
    const first = await writeBatch(deps, { importId, batch: halves[0]!, span: before });
    const second = await writeBatch(deps, { importId, batch: halves[1]!, span });
    return {
      accepted: first.accepted + second.accepted,
      updated: first.updated + second.updated,
      rejections: [...first.rejections, ...second.rejections].sort((a, b) => a.place - b.place),
      deleted: first.deleted + second.deleted,
      toFetch: first.toFetch + second.toFetch,
      lostImages: first.lostImages + second.lostImages,
    };
  }
}

async function write(
  client: ClientBase,
  { enqueue, media, importId, batch, span }: WriteDeps & WriteOptions,
): Promise<WrittenBatch> {
  if (batch.deletions.length > 0) await lockForErasure(client);
  else await holdOffErasure(client);
  const keyOf = await postKeys(client);
  const { living, refused } = await refuseDeleted(client, batch.posts, keyOf);
  const { posts, repeated } = lastOfEach(living);
  await storeErasedAgain(media, posts);
  const upserted = await upsertPosts(client, { posts: posts.map(({ post }) => post), importId });
  // Reports that were made may show one that its source has marked since.
  const marked = upserted.filter(({ inserted }, i) => !inserted && posts[i]!.post.sensitive);
  await renewReportRuns(
    client,
    marked.map(({ id }) => id),
  );
  const withPictures = posts.flatMap(({ pictures }, i) => (pictures ? [{ postId: upserted[i]!.id, pictures }] : []));
  await insertImages(client, distinctImages(withPictures.flatMap(({ pictures }) => pictures)));
  const { added, removed } = await upsertPostImages(client, {
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
  const bad = await withoutDeleted(client, batch.rejections, keyOf);
  const rejections: RejectedRow[] = [...bad, ...refused].sort((a, b) => a.place - b.place);
  const counts: ImportCounts = {
    accepted,
    updated: upserted.length - accepted + repeated,
    rejected: rejections.length,
    deleted: batch.deletions.length,
  };
  await addToImport(client, {
    importId,
    counts,
    span,
    rejections: rejections.map(({ post, ...rejection }) => ({ ...rejection, postKey: post ? keyOf(post) : null })),
  });

  const fetch = added.flatMap(({ id, status }) => (status === 'PENDING' ? [id] : []));
  const caption = [...new Set(added.flatMap(({ imageSha256 }) => imageSha256 ?? []))];
  if (fetch.length + caption.length > 0) await enqueue(client, { fetch, caption });

  if (removed.length > 0)
    await forgetJobs(
      client,
      removed.map(({ id }) => id),
    );
  // Pictures that an update took out of its post, and those that came with rows that are not taken in, or not last.
  const wanted = new Set(posts.flatMap(imagesOf));
  const lost = [
    ...removed.flatMap(({ imageSha256 }) => imageSha256 ?? []),
    ...batch.posts.flatMap(imagesOf).filter((sha256) => !wanted.has(sha256)),
  ];
  await noteLostImages(client, lost);
  const identities = batch.deletions;
  const erasure = identities.length > 0 ? await erasePosts(client, { identities, reason: 'UPSTREAM' }) : null;
  return {
    accepted,
    updated: counts.updated,
    rejections: rejections.map(({ post: _, ...rejection }) => rejection),
    deleted: counts.deleted,
    toFetch: fetch.length,
    lostImages: lost.length + (erasure?.images ?? 0),
  };
}

/** The bytes of a picture may have gone, with the last post that showed it, since it was stored; not again before the transaction ends. */
async function storeErasedAgain(media: IngestDeps['media'], posts: readonly PreparedPost[]): Promise<void> {
  const pictures = new Map(
    posts.flatMap(({ pictures }) => pictures ?? []).map((picture) => [picture.image?.sha256, picture] as const),
  );
  await Promise.all(
    [...pictures].map(async ([sha256, { storeAgain }]) => {
      if (sha256 !== undefined && !(await media.has(sha256))) await storeAgain?.();
    }),
  );
}

function imagesOf({ pictures }: PreparedPost): string[] {
  return (pictures ?? []).flatMap(({ image }) => image?.sha256 ?? []);
}

/** One statement cannot update a row twice: of rows with the same identity the last counts, as if they came one after the other. */
function lastOfEach(posts: readonly PreparedPost[]): { posts: PreparedPost[]; repeated: number } {
  const last = new Map<string, PreparedPost>();
  for (const prepared of posts) {
    const identity = identityOf(prepared.post);
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
