// Everything that can be done with rows before the database is asked: read them, decode and store the pictures they bring along.

import type { PostIdentity } from '../db/erasure/tombstones.js';
import { AppError, messageOf } from '../errors.js';
import type { Retention } from '../retention.js';
import { type CanonicalPost, canonicalPost, postIdentity } from './canonicalPost.js';
import { cleanText } from './cleanText.js';
import { EXCERPT_LENGTH, type ImportRow, type RejectedRow } from './importRow.js';
import { keptRaw } from './keptRaw.js';
import type { MediaStore } from './mediaStore.js';
import { persist, type Wait } from './persist.js';
import { readDeletion } from './readDeletion.js';
import { readImageFile } from './readImageFile.js';
import type { PostPicture } from './readPictures.js';
import { identityOf, refuse } from './refuseDeleted.js';
import { refuseOld } from './refuseOld.js';
import { type ImageLimits, type StoredImage, storeImage } from './storeImage.js';

/** A picture of a post as it will be written. */
export interface PreparedPicture {
  readonly altText: string | null;
  readonly url: string | null;
  /** Set where the bytes came along and are in the media store. */
  readonly image: StoredImage | null;
  /** Why the bytes that came along cannot be used. */
  readonly error: string | null;
  /** Puts the bytes into the media store once more: they may be erased with the last post that showed them before this one is written. */
  readonly storeAgain?: () => Promise<void>;
}

export interface PreparedPost {
  readonly place: number;
  readonly post: CanonicalPost;
  /** Null: the row says nothing of pictures. */
  readonly pictures: readonly PreparedPicture[] | null;
}

export interface RefusedPicture {
  /** Of its row. */
  readonly place: number;
  /** Within the post, from 0. */
  readonly position: number;
  readonly reason: string;
}

/** A row that says that a post was deleted. */
export interface PreparedDeletion extends PostIdentity {
  readonly place: number;
}

export interface PreparedBatch {
  /** Place of its last row. */
  readonly lastPlace: number;
  readonly posts: readonly PreparedPost[];
  /** To be carried out after `posts` have come in: those of later rows are rejected. */
  readonly deletions: readonly PreparedDeletion[];
  readonly rejections: readonly RejectedRow[];
  readonly refusedPictures: readonly RefusedPicture[];
}

interface PrepareOptions {
  readonly media: MediaStore;
  readonly limits: ImageLimits;
  readonly source: string;
  readonly imagesDir: string | undefined;
  readonly wait?: Wait | undefined;
  /** Posts that are older than they are kept are rejected: they would be erased at once. */
  readonly retention: Retention | undefined;
}

/** Rows in a batch: one transaction, one statement. 500 or 2000 made no difference in posts/s on the embedded database. */
const BATCH_ROWS = 500;
/** What a batch's rows may hold together before it is closed early. */
const BATCH_BYTES = 8 << 20;
/** Pictures that are decoded at the same time: libvips has threads of its own. */
const PARALLEL_PICTURES = 4;

/** Cuts the rows into batches and prepares each. */
export async function* prepareBatches(
  rows: AsyncIterable<ImportRow>,
  options: PrepareOptions,
): AsyncGenerator<PreparedBatch> {
  for await (const batch of cut(rows)) yield await prepareBatch(batch, options);
}

async function* cut(rows: AsyncIterable<ImportRow>): AsyncGenerator<ImportRow[]> {
  let batch: ImportRow[] = [];
  let bytes = 0;
  for await (const row of rows) {
    batch.push(row);
    bytes += 'bytes' in row ? (row.bytes ?? 0) : 0;
    if (batch.length < BATCH_ROWS && bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

async function prepareBatch(rows: readonly ImportRow[], options: PrepareOptions): Promise<PreparedBatch> {
  const rejections: RejectedRow[] = [];
  const accepted: { place: number; post: CanonicalPost }[] = [];
  const deletions: PreparedDeletion[] = [];
  const deleted = new Set<string>();
  for (const row of rows) {
    const { place } = row;
    const deletion = 'error' in row ? null : readDeletion(row.value, options);
    const read = deletion ?? ('error' in row ? { reason: row.error } : canonicalPost(row.value, options));
    if ('reason' in read) rejections.push({ ...rejected(row, options), reason: cleanText(read.reason) });
    else if (!('post' in read)) {
      deletions.push({ place, ...read });
      deleted.add(identityOf(read));
    } else {
      const { post } = read;
      const refused = deleted.has(identityOf(post))
        ? refuse(place, { reason: 'UPSTREAM', deletedAt: new Date() })
        : refuseOld(place, post, options.retention);
      if (refused === null) accepted.push({ place, post });
      else rejections.push(refused);
    }
  }

  const prepare = limited(PARALLEL_PICTURES, (picture: PostPicture) => preparePicture(picture, options));
  const posts = await Promise.all(
    accepted.map(async ({ place, post }) => ({
      place,
      post,
      pictures: post.images && (await Promise.all(post.images.map(prepare))),
    })),
  );
  const refusedPictures = posts.flatMap(({ place, pictures }) =>
    (pictures ?? []).flatMap(({ error: reason }, position) => (reason === null ? [] : [{ place, position, reason }])),
  );
  return { lastPlace: rows.at(-1)!.place, posts, deletions, rejections, refusedPictures };
}

async function preparePicture(
  picture: PostPicture,
  { media, limits, imagesDir, wait }: PrepareOptions,
): Promise<PreparedPicture> {
  const altText = picture.altText === null ? null : cleanText(picture.altText);
  if (picture.kind === 'url') return { altText, url: picture.url, image: null, error: null };
  try {
    const bytes =
      picture.kind === 'bytes'
        ? picture.bytes
        : await readImageFile(picture.file, { directory: imagesDir, maxBytes: limits.maxBytes });
    const image = await persist(() => storeImage({ media, limits }, bytes), wait);
    const storeAgain = async () => void (await persist(() => media.put(bytes), wait));
    return { altText, url: null, image, error: null, storeAgain };
  } catch (error) {
    // What is wrong with the picture ends with the picture; a full disk does not, and nor does the picture for it.
    if (!(error instanceof AppError) || error.retryable) throw error;
    return { altText, url: null, image: null, error: cleanText(error.message) };
  }
}

/** `work`, at most `count` of it at a time, in the order of the calls. */
function limited<T, R>(count: number, work: (item: T) => Promise<R>): (item: T) => Promise<R> {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (item) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work(item);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

/** A row that cannot be used, with the post that it is of where that much can be read. */
function rejected(row: ImportRow, { source }: PrepareOptions): Omit<RejectedRow, 'reason'> {
  const { place } = row;
  const excerpt = excerptOf(row);
  if ('error' in row || typeof row.value !== 'object' || row.value === null) return { place, excerpt };
  const post = postIdentity(row.value as Record<string, unknown>, { source });
  return 'reason' in post ? { place, excerpt } : { place, excerpt, post };
}

/** The row's beginning, for whoever has to find and mend it. */
function excerptOf(row: ImportRow): string {
  if ('excerpt' in row) return cleanText(row.excerpt).slice(0, EXCERPT_LENGTH);
  try {
    return cleanText(JSON.stringify(keptRaw(row.value)) ?? '').slice(0, EXCERPT_LENGTH);
  } catch (error) {
    return messageOf(error);
  }
}
