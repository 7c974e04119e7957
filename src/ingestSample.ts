// The posts that ship with Hotlens, for `hotlens start --demo`.
import path from 'node:path';
import { PACKAGE_ROOT } from './config.js';
import type { Services } from './context.js';
import { ingestPosts } from './ingest/ingestPosts.js';
import { openRows } from './ingest/openRows.js';
import { enqueueWork } from './jobs/enqueueWork.js';

/** Ingests samples/posts.ndjson with its pictures; again, it changes nothing. */
export async function ingestSample({ db, queue, plan, media, config, log }: Services): Promise<void> {
  const folder = path.join(PACKAGE_ROOT, 'samples');
  const { rows } = await openRows(path.join(folder, 'posts.ndjson'));
  const deps = { db, media: media.store, limits: config.media, enqueue: enqueueWork(queue, plan) };
  const { accepted, updated, rejected } = await ingestPosts(deps, rows, { origin: 'posts.ndjson', imagesDir: folder });
  queue.wake('caption');
  log.info({ accepted, updated, rejected }, 'sample ingested');
}
