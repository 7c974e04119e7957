// The media store against the tables, both ways: files that no image has, and images without their file.
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { imagesUnder, knownImages, noteLostImages } from '../db/erasure/lostImages.js';
import type { MediaStore } from '../ingest/mediaStore.js';

/** A younger file may be of a picture whose row is just being written. */
const GRACE_MS = 3_600_000;
/** Folders of the store are named by the first byte of a hash. */
export const FOLDERS = 256;

/**
 * Looks at some folders of the store. Files without an image are noted for purgeImages, what an interrupted write left is deleted; images
 * without a file are told of in the log, for only a person can bring them back. `now` in epoch milliseconds.
 */
export async function sweepMedia(
  { pool, media, log }: { readonly pool: Pool; readonly media: MediaStore; readonly log: Logger },
  { from, count, now = Date.now() }: { readonly from: number; readonly count: number; readonly now?: number },
): Promise<void> {
  const missing: string[] = [];
  for (let folder = from; folder < Math.min(FOLDERS, from + count); folder++) {
    const prefix = folder.toString(16).padStart(2, '0');
    const { pictures, unfinished } = await media.list(prefix);
    const old = pictures.filter(({ modifiedAt }) => now - modifiedAt > GRACE_MS).map(({ sha256 }) => sha256);
    const known = await knownImages(pool, old);
    await noteLostImages(
      pool,
      old.filter((sha256) => !known.has(sha256)),
    );
    for (const file of unfinished) if (now - file.modifiedAt > GRACE_MS) await file.delete();
    const there = new Set(pictures.map(({ sha256 }) => sha256));
    for (const sha256 of await imagesUnder(pool, prefix)) {
      // Listed before its file was written: it is there by now.
      if (!there.has(sha256) && !(await media.has(sha256))) missing.push(sha256);
    }
  }
  if (missing.length > 0)
    log.warn({ count: missing.length, sha256s: missing.slice(0, 10) }, 'images without a file in the media store');
}
