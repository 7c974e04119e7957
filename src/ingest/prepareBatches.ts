// Everything that can be done with rows before they are written: read them, decode and store the pictures they bring along.

import type { PostIdentity } from '../db/erasure/tombstones.js';
import { messageOf } from '../errors.js';
import type { Retention } from '../retention.js';
import { type CanonicalPost, canonicalPost, postIdentity } from './canonicalPost.js';
import { cleanText } from './cleanText.js';
import { EXCERPT_LENGTH, type ImportRow, type RejectedRow } from './importRow.js';
import { keptRaw } from './keptRaw.js';
import { readDeletion } from './readDeletion.js';
import { identityOf, refuse } from './refuseDeleted.js';
import { refuseOld } from './refuseOld.js';
import { openPictures, type PreparedPicture, type TakeOptions } from './takePictures.js';

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

interface PrepareOptions extends TakeOptions {
  readonly source: string;
  /** Posts that are older than they are kept are rejected: they would be erased at once. */
  readonly retention: Retention | undefined;
}

/** Rows in a batch: one transaction, one statement. 500 or 2000 made no difference in posts/s on the embedded database. */
const BATCH_ROWS = 500;
/** What a batch's rows may hold together before it is closed early. */
const BATCH_BYTES = 8 << 20;

/** Cuts the rows into batches and prepares each. */
export async function* prepareBatches(
  rows: AsyncIterable<ImportRow>,
  options: PrepareOptions,
): AsyncGenerator<PreparedBatch> {
  const takePictures = openPictures(options);
  for await (const batch of cut(rows)) yield await prepareBatch(batch, { ...options, takePictures });
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

async function prepareBatch(
  rows: readonly ImportRow[],
  { takePictures, ...options }: PrepareOptions & { readonly takePictures: ReturnType<typeof openPictures> },
): Promise<PreparedBatch> {
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

  const taken = (await takePictures(accepted.flatMap(({ post }) => post.images ?? []))).values();
  const posts = accepted.map(({ place, post }) => ({
    place,
    post,
    pictures: post.images === null ? null : post.images.map(() => taken.next().value!),
  }));
  const refusedPictures = posts.flatMap(({ place, pictures }) =>
    (pictures ?? []).flatMap(({ error: reason }, position) => (reason === null ? [] : [{ place, position, reason }])),
  );
  return { lastPlace: rows.at(-1)!.place, posts, deletions, rejections, refusedPictures };
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
