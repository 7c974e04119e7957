// The posts that ship with Hotlens, for `hotlens start --demo`.
import path from 'node:path';
import { PACKAGE_ROOT } from './config.js';
import type { Services } from './context.js';
import { uncaptionedImages } from './db/uncaptionedImages.js';
import { ingestPosts } from './ingest/ingestPosts.js';
import { openRows } from './ingest/openRows.js';
import { enqueueWork } from './jobs/enqueueWork.js';
import { watchImport } from './jobs/watchImport.js';

export interface Sample {
  /** Takes samples/posts.ndjson and its pictures in; again, it changes nothing. */
  ingest(services: Services): Promise<void>;
  /** What is still missing until whoever looks finds the sample captioned; once it was, nothing ever. */
  notReady(services: Services): Promise<readonly string[]>;
}

/** The sample of one run. */
export function openSample(): Sample {
  let state: 'awaited' | 'ingested' | 'captioned' = 'awaited';
  return {
    async ingest(services) {
      const { db, queue, plan, media, config, log } = services;
      const folder = path.join(PACKAGE_ROOT, 'samples');
      const { rows, bytes, bytesRead } = await openRows(path.join(folder, 'posts.ndjson'));
      const deps = { db, media: media.store, limits: config.media, enqueue: enqueueWork(queue, plan) };
      const { accepted, updated, rejected } = await ingestPosts(deps, rows, {
        origin: 'posts.ndjson',
        imagesDir: folder,
        extent: { unit: 'BYTES', total: bytes, done: bytesRead },
        report: watchImport(services),
      });
      queue.wake('caption');
      state = 'ingested';
      log.info({ accepted, updated, rejected }, 'sample ingested');
    },
    async notReady({ db }) {
      if (state === 'captioned') return [];
      if (state === 'awaited') return ['sample: it is being taken in'];
      const waiting = await uncaptionedImages(db.prisma);
      if (waiting === 0) state = 'captioned';
      return waiting === 0 ? [] : [`sample: ${waiting} pictures wait for their captions`];
    },
  };
}
