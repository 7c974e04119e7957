// Erases the images that posts have lost: their rows, and their bytes in the media store.
import type { Pool } from 'pg';
import { lockForErasure } from '../db/erasure/erasureLock.js';
import { forgetAuditedWords } from '../db/erasure/forgetAuditedWords.js';
import { forgetJobs } from '../db/erasure/forgetJobs.js';
import { deleteUnusedImages, forgetLostImages, knownImages, lostImages } from '../db/erasure/lostImages.js';
import { renewReportRuns } from '../db/reports/reportRuns.js';
import { retryTransaction } from '../db/retryTransaction.js';
import { messageOf } from '../errors.js';
import type { MediaStore } from './mediaStore.js';

export interface Purge {
  /** Pictures whose bytes are gone. */
  readonly erased: number;
  /** Files that could not be deleted, and why: they stay noted, and are tried again the next time. */
  readonly failed: readonly { readonly sha256: string; readonly reason: string }[];
}

/** Files deleted in one transaction, in which nothing comes in. */
const AT_ONCE = 200;

/**
 * Works off what is noted in `lost_images`. Files go while the transaction holds what comes in off, and whoever writes an image's
 * row looks for its file first: however the two meet, a row has its file. A crash leaves the note, and it is done again.
 */
export async function purgeImages({
  pool,
  media,
}: {
  readonly pool: Pool;
  readonly media: MediaStore;
}): Promise<Purge> {
  let erased = 0;
  const failed: { sha256: string; reason: string }[] = [];
  for (let after = ''; ; ) {
    const noted = await lostImages(pool, { after, limit: AT_ONCE });
    if (noted.length === 0) return { erased, failed };
    after = noted.at(-1)!;
    await retryTransaction(pool, async (client) => {
      await lockForErasure(client);
      const captionIds = await deleteUnusedImages(client, noted);
      const known = await knownImages(client, noted);
      const unused = noted.filter((sha256) => !known.has(sha256));
      await forgetJobs(client, [...captionIds, ...unused]);
      await forgetAuditedWords(client, unused);
      await renewReportRuns(client, unused);
      const results = await Promise.all(unused.map((sha256) => remove(media, sha256)));
      const kept = results.flatMap((result) => result ?? []);
      await forgetLostImages(
        client,
        noted.filter((sha256) => !kept.some((one) => one.sha256 === sha256)),
      );
      erased += unused.length - kept.length;
      failed.push(...kept);
    });
  }
}

async function remove(media: MediaStore, sha256: string): Promise<{ sha256: string; reason: string } | null> {
  return await media.delete(sha256).then(
    () => null,
    (error: unknown) => ({ sha256, reason: messageOf(error) }),
  );
}
