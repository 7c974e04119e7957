// Clusters the captions of the last day of event time into the hotspots that GraphQL shows.
import type { Pool } from 'pg';
import { clusterCaptions } from '../analytics/clusterCaptions.js';
import { clusterWindow, type WindowImage } from '../db/clusterWindow.js';
import { storeClusterRun } from '../db/storeClusterRun.js';
import type { JobKind } from './runQueue.js';

const WINDOW_HOURS = 24;
/** The newest images of a window: every pair is compared, and 2,000 take 1.5 s. */
const MAX_IMAGES = 2000;

/** The cluster queue's work: one run at a time. */
export function clusterJob({
  pool,
  modelDigest,
}: {
  readonly pool: Pool;
  /** Only vectors of this embedder are compared. */
  readonly modelDigest: string;
}): JobKind<'cluster'> {
  return {
    name: 'cluster',
    capacity: 1,
    pollMs: 2000,
    async run() {
      const window = await clusterWindow(pool, { modelDigest, hours: WINDOW_HOURS, limit: MAX_IMAGES });
      if (window === null) return;
      const { images } = window;
      const clusters = await clusterCaptions(images.map(({ sha256, vector }) => ({ key: sha256, vector })));
      const hotspots = clusters
        .map(({ centre, members, similarities }) => ({
          title: images[centre]!.text,
          ...countPosts(members.map((member) => images[member]!)),
          members: members.map((member, index) => ({
            sha256: images[member]!.sha256,
            similarity: similarities[index]!,
          })),
        }))
        .sort((a, b) => b.postCount - a.postCount || (a.members[0]!.sha256 < b.members[0]!.sha256 ? -1 : 1));
      await storeClusterRun(pool, {
        modelDigest,
        windowStart: window.start,
        windowEnd: window.end,
        imageCount: images.length,
        hotspots,
      });
    },
  };
}

/** A post with two of the pictures counts once; posts without an author count as posts only. */
function countPosts(images: readonly WindowImage[]) {
  const posts = new Set(images.flatMap(({ postIds }) => postIds));
  const authors = new Set(images.flatMap((image) => image.authors.filter((author) => author !== null)));
  return {
    postCount: posts.size,
    authorCount: authors.size,
    firstPostAt: new Date(Math.min(...images.map(({ firstPostAt }) => firstPostAt.getTime()))),
    lastPostAt: new Date(Math.max(...images.map(({ lastPostAt }) => lastPostAt.getTime()))),
  };
}
