// The loaders of one request: whatever a list of things asks of each of its members becomes one SQL statement.
import DataLoader from 'dataloader';
import { NEAR_BITS } from '../analytics/detection/nearPictures.js';
import { type OpinionWithin, opinionWithin } from '../analytics/opinion/opinionWithin.js';
import type { OpinionPost } from '../analytics/opinion/timeline.js';
import { type AlertRow, alertsOfHotspots } from '../db/alerts/alertRow.js';
import { type AlertRuleRow, alertRulesByIds } from '../db/alerts/alertRuleRow.js';
import { type EndOfAlert, endsOfAlerts } from '../db/alerts/endsOfAlerts.js';
import { type CaptionRow, captionHistory, latestCaptions } from '../db/captionRow.js';
import { type CompletedJobs, completedJobs } from '../db/completedJobs.js';
import { countsOfImages, type ImageCounts } from '../db/countsOfImages.js';
import type { Database } from '../db/database.js';
import { type DestinationRow, destinationsByIds } from '../db/deliver/destinationRow.js';
import type { PostImage } from '../db/generated/client.js';
import {
  captionsOfHotspots,
  countsOfHotspots,
  type HotspotCounts,
  imagesOfHotspots,
  typicalPosts,
} from '../db/hotspots/hotspotContents.js';
import { type Kinship, kinOfHotspots } from '../db/hotspots/hotspotLineage.js';
import { hotspotMemory } from '../db/hotspots/hotspotMemory.js';
import { type HotspotRow, hotspotsByIds, hotspotsOfPosts } from '../db/hotspots/hotspotRow.js';
import { hotspotTimelines, type TimelineBar } from '../db/hotspots/hotspotTimeline.js';
import { opinionsOfHotspots, opinionsOfPosts } from '../db/hotspots/opinionsOfHotspots.js';
import { type HotspotStamp, stampsOfHotspots } from '../db/hotspots/stampsOfHotspots.js';
import type { ImageRow } from '../db/imageRow.js';
import { imagesByHash } from '../db/imagesByHash.js';
import { type NearImage, nearImages } from '../db/nearImages.js';
import { type PictureProblem, pictureProblems } from '../db/pictureProblems.js';
import { type ImportPictures, picturesOfImports } from '../db/picturesOfImports.js';
import { picturesOfPosts } from '../db/picturesOfPosts.js';
import type { PostRow } from '../db/postRow.js';
import { postsByIds } from '../db/postsByIds.js';
import { postsOfImages } from '../db/postsOfImages.js';
import { type RejectionRow, rejectionsOfImports } from '../db/rejectionsOfImports.js';
import { newestRunsOfReports, type ReportRunRow } from '../db/reports/reportRuns.js';

/** The newest bars of a hotspot's timeline. */
export interface TimelineOf {
  readonly id: string;
  readonly minutes: number;
  readonly last: number;
}

/** The first few of a list that belongs to something. */
export interface FirstOf {
  readonly id: string;
  readonly first: number;
}

export interface Loaders {
  /** What is computed of a hotspot's posts, or was for as long as they have been the same. */
  readonly remembered: <T>(what: string, hotspotId: string, compute: () => Promise<T>) => Promise<T>;
  /** Null: it has no posts. */
  readonly stampOfHotspot: DataLoader<string, HotspotStamp | null>;
  readonly post: DataLoader<string, PostRow | null>;
  readonly picturesOfPost: DataLoader<string, readonly PostImage[]>;
  readonly hotspot: DataLoader<string, HotspotRow | null>;
  readonly countsOfHotspot: DataLoader<string, HotspotCounts | null>;
  readonly kinOfHotspot: DataLoader<string, readonly (HotspotRow & Kinship)[]>;
  readonly timelineOfHotspot: DataLoader<TimelineOf, readonly TimelineBar[], string>;
  readonly opinionsOfHotspot: DataLoader<string, readonly OpinionPost[]>;
  readonly opinionOfHotspot: DataLoader<string, OpinionWithin>;
  /** Null: detection has not taken the post in. */
  readonly opinionOfPost: DataLoader<string, { readonly id: string; readonly score: number | null } | null>;
  readonly hotspotsOfPost: DataLoader<string, readonly HotspotRow[]>;
  readonly image: DataLoader<string, ImageRow | null>;
  /** The current caption of an image, or its newest attempt where none was completed; null: nobody tried. */
  readonly latestCaption: DataLoader<string, CaptionRow | null>;
  /** Null: nobody posted it. */
  readonly countsOfImage: DataLoader<string, ImageCounts | null>;
  readonly nearImages: DataLoader<FirstOf, readonly NearImage[], string>;
  readonly captionsOfImage: DataLoader<FirstOf, readonly CaptionRow[], string>;
  readonly postsOfImage: DataLoader<FirstOf, readonly PostRow[], string>;
  readonly imagesOfHotspot: DataLoader<FirstOf, readonly ImageRow[], string>;
  readonly captionsOfHotspot: DataLoader<FirstOf, readonly { readonly text: string; readonly posts: number }[], string>;
  readonly rejectionsOfImport: DataLoader<FirstOf, readonly RejectionRow[], string>;
  readonly pictureProblemsOfImport: DataLoader<FirstOf, readonly PictureProblem[], string>;
  /** Null: none came. */
  readonly picturesOfImport: DataLoader<string, ImportPictures | null>;
  /** Null: none was made. */
  readonly newestRunOfReport: DataLoader<string, ReportRunRow | null>;
  readonly destination: DataLoader<string, DestinationRow | null>;
  readonly alertRule: DataLoader<string, AlertRuleRow | null>;
  /** Null: it has not ended. */
  readonly endOfAlert: DataLoader<string, EndOfAlert | null>;
  readonly alertsOfHotspot: DataLoader<FirstOf, readonly AlertRow[], string>;
  /** By the queue's name; null: none. */
  readonly completedOfQueue: DataLoader<string, CompletedJobs | null>;
}

/** Fresh loaders; they cache for as long as they live. */
export function createLoaders({ prisma, pool }: Pick<Database, 'prisma' | 'pool'>): Loaders {
  const stampOfHotspot = one(
    (ids) => stampsOfHotspots(pool, ids),
    (row) => row.hotspotId,
  );
  const opinionsOfHotspot = many(
    (ids) => opinionsOfHotspots(pool, ids),
    (row) => row.hotspotId,
  );

  /** What was computed of the same posts before is not computed again. */
  async function remembered<T>(
    what: string,
    ids: readonly string[],
    compute: (missing: readonly string[]) => Promise<ReadonlyMap<string, T>>,
  ): Promise<ReadonlyMap<string, T>> {
    const memory = hotspotMemory(pool);
    const found = new Map<string, T>();
    const stamps = new Map<string, string>();
    for (const stamp of await Promise.all(ids.map((id) => stampOfHotspot.load(id)))) {
      if (stamp === null) continue;
      stamps.set(stamp.hotspotId, stamp.stamp);
      const known = memory.recall<T>(what, stamp.hotspotId, stamp.stamp);
      if (known !== undefined) found.set(stamp.hotspotId, known);
    }
    const missing = ids.filter((id) => !found.has(id));
    if (missing.length === 0) return found;
    for (const [id, value] of await compute(missing)) {
      found.set(id, value);
      const stamp = stamps.get(id);
      if (stamp !== undefined) memory.keep(what, id, stamp, value);
    }
    return found;
  }

  return {
    stampOfHotspot,
    async remembered<T>(what: string, id: string, compute: () => Promise<T>): Promise<T> {
      const found = await remembered(what, [id], async () => new Map([[id, await compute()]]));
      return found.get(id) as T;
    },
    post: one(
      (ids) => postsByIds(prisma, ids),
      (row) => row.id,
    ),
    picturesOfPost: many(
      (ids) => picturesOfPosts(prisma, ids),
      (row) => row.postId,
    ),
    hotspot: one(
      (ids) => hotspotsByIds(pool, ids),
      (row) => row.id,
    ),
    countsOfHotspot: new DataLoader(async (ids) => {
      const counts = await remembered('counts', ids, async (missing) => {
        return new Map((await countsOfHotspots(pool, missing)).map((row) => [row.hotspotId, row]));
      });
      return ids.map((id) => counts.get(id) ?? null);
    }),
    kinOfHotspot: many(
      (ids) => kinOfHotspots(pool, ids),
      (row) => row.hotspotId,
    ),
    timelineOfHotspot: new DataLoader<TimelineOf, readonly TimelineBar[], string>(
      async (keys) => {
        const bars = new Map<string, readonly TimelineBar[]>();
        // Bars of one length together.
        for (const [kind, alike] of groupBy(keys, ({ minutes, last }) => `${minutes} ${last}`)) {
          const { minutes, last: limit } = alike[0]!;
          const ids = alike.map(({ id }) => id);
          const found = await remembered(`timeline ${kind}`, ids, async (hotspotIds) =>
            groupBy(await hotspotTimelines(pool, { hotspotIds, minutes, limit }), (row) => row.hotspotId),
          );
          for (const [id, timeline] of found) bars.set(timelineKey({ id, minutes, last: limit }), timeline);
        }
        return keys.map((key) => bars.get(timelineKey(key)) ?? []);
      },
      { cacheKeyFn: timelineKey },
    ),
    opinionsOfHotspot,
    opinionOfHotspot: new DataLoader(async (ids) => {
      const opinions = await remembered('opinion', ids, async (missing) => {
        const posts = await Promise.all(missing.map((id) => opinionsOfHotspot.load(id)));
        return new Map(missing.map((id, i) => [id, opinionWithin(posts[i] as readonly OpinionPost[])]));
      });
      return ids.map((id) => opinions.get(id)!);
    }),
    opinionOfPost: one(
      (ids) => opinionsOfPosts(pool, ids),
      (row) => row.id,
    ),
    hotspotsOfPost: many(
      (ids) => hotspotsOfPosts(pool, ids),
      (row) => row.postId,
    ),
    image: one(
      (sha256s) => imagesByHash(pool, sha256s),
      (row) => row.sha256,
    ),
    latestCaption: one(
      (sha256s) => latestCaptions(pool, sha256s),
      (row) => row.imageSha256,
    ),
    countsOfImage: one(
      (sha256s) => countsOfImages(pool, sha256s),
      (row) => row.imageSha256,
    ),
    nearImages: firstOf(
      (sha256s, limit) => nearImages(pool, { sha256s, limit, most: NEAR_BITS }),
      (row) => row.nearTo,
    ),
    captionsOfImage: firstOf(
      (sha256s, limit) => captionHistory(pool, { sha256s, limit }),
      (row) => row.imageSha256,
    ),
    postsOfImage: firstOf(
      (sha256s, limit) => postsOfImages(pool, { sha256s, limit }),
      (row) => row.imageSha256,
    ),
    imagesOfHotspot: firstOf(
      async (ids, limit) => {
        const typical = await remembered('typical posts', ids, async (missing) => {
          return new Map((await typicalPosts(pool, missing)).map((row) => [row.hotspotId, row]));
        });
        return await imagesOfHotspots(pool, { typical: [...typical.values()], limit });
      },
      (row) => row.hotspotId,
    ),
    captionsOfHotspot: firstOf(
      async (ids, limit) => {
        const captions = await remembered(`captions ${limit}`, ids, async (hotspotIds) =>
          groupBy(await captionsOfHotspots(pool, { hotspotIds, limit }), (row) => row.hotspotId),
        );
        return [...captions.values()].flat();
      },
      (row) => row.hotspotId,
    ),
    rejectionsOfImport: firstOf(
      (importIds, limit) => rejectionsOfImports(pool, { importIds, limit }),
      (row) => row.importId,
    ),
    pictureProblemsOfImport: firstOf(
      (importIds, limit) => pictureProblems(pool, { importIds, limit }),
      (row) => row.importId,
    ),
    picturesOfImport: one(
      (importIds) => picturesOfImports(pool, importIds),
      (row) => row.importId,
    ),
    newestRunOfReport: one(
      (ids) => newestRunsOfReports(pool, ids),
      (row) => row.reportId!,
    ),
    alertRule: one(
      (ids) => alertRulesByIds(pool, ids),
      (row) => row.id,
    ),
    endOfAlert: one(
      (ids) => endsOfAlerts(pool, ids),
      (row) => row.id,
    ),
    alertsOfHotspot: firstOf(
      (hotspotIds, limit) => alertsOfHotspots(pool, { hotspotIds, limit }),
      (row) => row.hotspotId,
    ),
    destination: one(
      (ids) => destinationsByIds(pool, ids),
      (row) => row.id,
    ),
    completedOfQueue: one(
      (names) => completedJobs(pool, names),
      (row) => row.name,
    ),
  };
}

function timelineKey({ id, minutes, last }: TimelineOf): string {
  return `${id} ${minutes} ${last}`;
}

function one<Row>(load: (ids: readonly string[]) => Promise<readonly Row[]>, idOf: (row: Row) => string) {
  return new DataLoader<string, Row | null>(async (ids) => {
    const rows = new Map((await load(ids)).map((row) => [idOf(row), row]));
    return ids.map((id) => rows.get(id) ?? null);
  });
}

function many<Row>(load: (ids: readonly string[]) => Promise<readonly Row[]>, idOf: (row: Row) => string) {
  return new DataLoader<string, readonly Row[]>(async (ids) => {
    const rows = groupBy(await load(ids), idOf);
    return ids.map((id) => rows.get(id) ?? []);
  });
}

/** Aliases may ask for lists of different lengths in one document: the longest is loaded, and cut. */
function firstOf<Row>(
  load: (ids: readonly string[], limit: number) => Promise<readonly Row[]>,
  idOf: (row: Row) => string,
) {
  return new DataLoader<FirstOf, readonly Row[], string>(
    async (keys) => {
      const limit = Math.max(...keys.map(({ first }) => first));
      const rows = groupBy(await load([...new Set(keys.map(({ id }) => id))], limit), idOf);
      return keys.map(({ id, first }) => rows.get(id)?.slice(0, first) ?? []);
    },
    { cacheKeyFn: ({ id, first }) => `${id} ${first}` },
  );
}

function groupBy<Row>(rows: readonly Row[], idOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(idOf(row));
    if (group === undefined) groups.set(idOf(row), [row]);
    else group.push(row);
  }
  return groups;
}
