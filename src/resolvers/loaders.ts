// The loaders of one request: whatever a list of things asks of each of its members becomes one SQL statement.
import DataLoader from 'dataloader';
import type { OpinionPost } from '../analytics/opinion/timeline.js';
import { type CaptionRow, captionHistory, latestCaptions } from '../db/captionRow.js';
import { type CompletedJobs, completedJobs } from '../db/completedJobs.js';
import type { Database } from '../db/database.js';
import type { PostImage } from '../db/generated/client.js';
import {
  captionsOfHotspots,
  countsOfHotspots,
  type HotspotCounts,
  imagesOfHotspots,
} from '../db/hotspots/hotspotContents.js';
import { type Kinship, kinOfHotspots } from '../db/hotspots/hotspotLineage.js';
import { type HotspotRow, hotspotsByIds, hotspotsOfPosts } from '../db/hotspots/hotspotRow.js';
import { opinionsOfHotspots, opinionsOfPosts } from '../db/hotspots/opinionsOfHotspots.js';
import type { ImageRow } from '../db/imageRow.js';
import { imagesByHash } from '../db/imagesByHash.js';
import { type PictureProblem, pictureProblems } from '../db/pictureProblems.js';
import { type ImportPictures, picturesOfImports } from '../db/picturesOfImports.js';
import { picturesOfPosts } from '../db/picturesOfPosts.js';
import type { PostRow } from '../db/postRow.js';
import { postsByIds } from '../db/postsByIds.js';
import { postsOfImages } from '../db/postsOfImages.js';
import { type RejectionRow, rejectionsOfImports } from '../db/rejectionsOfImports.js';

/** The first few of a list that belongs to something. */
export interface FirstOf {
  readonly id: string;
  readonly first: number;
}

export interface Loaders {
  readonly post: DataLoader<string, PostRow | null>;
  readonly picturesOfPost: DataLoader<string, readonly PostImage[]>;
  readonly hotspot: DataLoader<string, HotspotRow | null>;
  readonly countsOfHotspot: DataLoader<string, HotspotCounts | null>;
  readonly kinOfHotspot: DataLoader<string, readonly (HotspotRow & Kinship)[]>;
  readonly opinionsOfHotspot: DataLoader<string, readonly OpinionPost[]>;
  /** Null: detection has not taken the post in. */
  readonly opinionOfPost: DataLoader<string, { readonly id: string; readonly score: number | null } | null>;
  readonly hotspotsOfPost: DataLoader<string, readonly HotspotRow[]>;
  readonly image: DataLoader<string, ImageRow | null>;
  /** The current caption of an image, or its newest attempt where none was completed; null: nobody tried. */
  readonly latestCaption: DataLoader<string, CaptionRow | null>;
  readonly captionsOfImage: DataLoader<FirstOf, readonly CaptionRow[], string>;
  readonly postsOfImage: DataLoader<FirstOf, readonly PostRow[], string>;
  readonly imagesOfHotspot: DataLoader<FirstOf, readonly ImageRow[], string>;
  readonly captionsOfHotspot: DataLoader<FirstOf, readonly { readonly text: string; readonly posts: number }[], string>;
  readonly rejectionsOfImport: DataLoader<FirstOf, readonly RejectionRow[], string>;
  readonly pictureProblemsOfImport: DataLoader<FirstOf, readonly PictureProblem[], string>;
  /** Null: none came. */
  readonly picturesOfImport: DataLoader<string, ImportPictures | null>;
  /** By the queue's name; null: none. */
  readonly completedOfQueue: DataLoader<string, CompletedJobs | null>;
}

/** Fresh loaders; they cache for as long as they live. */
export function createLoaders({ prisma, pool }: Pick<Database, 'prisma' | 'pool'>): Loaders {
  return {
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
    countsOfHotspot: one(
      (ids) => countsOfHotspots(pool, ids),
      (row) => row.hotspotId,
    ),
    kinOfHotspot: many(
      (ids) => kinOfHotspots(pool, ids),
      (row) => row.hotspotId,
    ),
    opinionsOfHotspot: many(
      (ids) => opinionsOfHotspots(pool, ids),
      (row) => row.hotspotId,
    ),
    opinionOfPost: one(
      (ids) => opinionsOfPosts(pool, ids),
      (row) => row.id,
    ),
    hotspotsOfPost: many(
      (ids) => hotspotsOfPosts(pool, ids),
      (row) => row.postId,
    ),
    image: one(
      (sha256s) => imagesByHash(prisma, sha256s),
      (row) => row.sha256,
    ),
    latestCaption: one(
      (sha256s) => latestCaptions(pool, sha256s),
      (row) => row.imageSha256,
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
      (hotspotIds, limit) => imagesOfHotspots(pool, { hotspotIds, limit }),
      (row) => row.hotspotId,
    ),
    captionsOfHotspot: firstOf(
      (hotspotIds, limit) => captionsOfHotspots(pool, { hotspotIds, limit }),
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
    completedOfQueue: one(
      (names) => completedJobs(pool, names),
      (row) => row.name,
    ),
  };
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
