// The whole list of a hotspot's pictures, kept for as long as its posts are the same: of a hundred thousand posts it takes a fifth of a second to make, and a
// wall that is scrolled through asks for hundreds of pages of it.
import type { Pool } from 'pg';
import { memoryOfEach } from './hotspotMemory.js';

export type HotspotPictureOrder = 'NEWEST' | 'MOST_POSTED';

/** What pictures are listed by. */
export interface PicturePlace {
  readonly posts: number;
  readonly lastPostAt: Date;
  readonly sha256: string;
}

export interface PictureList {
  readonly total: number;
  /** When, in the time of the stream, the last of its posts came into the hotspot; null without pictures. */
  readonly asOf: Date | null;
  /** At most `limit` of those that follow a place in the order (default: all), `skip` of them left out. */
  page(part: {
    readonly after?: PicturePlace | undefined;
    readonly skip: number;
    readonly limit: number;
  }): PicturePlace[];
}

export interface ListOptions {
  readonly hotspotId: string;
  readonly order: HotspotPictureOrder;
  /** Only posts that had come into the hotspot by then. */
  readonly asOf?: Date | undefined;
  /** Another one when its posts are others (stampsOfHotspots.ts). */
  readonly stamp: string;
}

/** Bytes of a picture: its hash, how many posts show it, and when the newest was published (epoch milliseconds). */
const RECORD = 32 + 4 + 8;
/** Lists by hotspot, order and time; one of a hundred thousand pictures has 4 MB. */
const memoryOf = memoryOfEach(8);

/** The list as of now, or as it was; made once for all that ask meanwhile. */
export function pictureList(pool: Pool, { stamp, ...of }: ListOptions): Promise<PictureList> {
  const memory = memoryOf(pool);
  const what = `${of.order} ${of.asOf?.getTime() ?? 'now'}`;
  const known = memory.recall<Promise<PictureList>>(what, of.hotspotId, stamp);
  if (known !== undefined) return known;
  const list = makeList(pool, of);
  memory.keep(what, of.hotspotId, stamp, list);
  // One that failed is made anew by whoever asks next.
  list.catch(() => memory.forget(what, of.hotspotId, stamp));
  return list;
}

/** SQL: the order of pictures, downwards. */
export const KEYS: Readonly<Record<HotspotPictureOrder, readonly string[]>> = {
  NEWEST: ['"lastPostAt"', 'sha256', 'posts'],
  MOST_POSTED: ['posts', '"lastPostAt"', 'sha256'],
};

/**
 * SQL: each picture that posts of hotspot $1 show, which had come by $2 into it where that is no null: `sha256`, `posts` that show it, `lastPostAt`, and
 * `joinedAt`, when the last of them came into the hotspot. To leave out of the count that a post shows a picture twice took four times as long (sorting, or a
 * look at each picture's post): it counts twice.
 */
export const SHOWN = `
  SELECT pi.image_sha256 AS sha256, count(*)::int AS posts, max(d.at) AS "lastPostAt", max(d.joined_at) AS "joinedAt"
  FROM detection_posts d JOIN post_images pi ON pi.post_id = d.post_id
  WHERE d.hotspot_id = $1 AND pi.image_sha256 IS NOT NULL AND ($2::timestamptz IS NULL OR d.joined_at <= $2)
  GROUP BY pi.image_sha256`;

async function makeList(
  pool: Pool,
  { hotspotId, order, asOf }: Pick<ListOptions, 'hotspotId' | 'order' | 'asOf'>,
): Promise<PictureList> {
  // As bytes: a hundred thousand rows would keep this process busy for longer than the database.
  const { rows } = await pool.query<{ list: Buffer | null; asOf: Date | null }>(
    `SELECT string_agg(
       decode(sha256, 'hex') || int4send(posts) || int8send((extract(epoch FROM "lastPostAt") * 1000)::bigint), ''
       ORDER BY ${KEYS[order].map((key) => `${key} DESC`).join(', ')}
     ) AS list, max("joinedAt") AS "asOf" FROM (${SHOWN}) shown`,
    [hotspotId, asOf ?? null],
  );
  const list = rows[0]!.list ?? Buffer.alloc(0);
  const total = list.length / RECORD;
  const at = (place: number): Sorted => ({
    hash: list.subarray(place * RECORD, place * RECORD + 32),
    posts: list.readInt32BE(place * RECORD + 32),
    time: Number(list.readBigInt64BE(place * RECORD + 36)),
  });
  const compare = comparisons(order);

  /** The first place behind one in the order: the list falls. */
  function behind(after: PicturePlace): number {
    const sought = { hash: Buffer.from(after.sha256, 'hex'), posts: after.posts, time: after.lastPostAt.getTime() };
    let [low, high] = [0, total];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(at(middle), sought) < 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  return {
    total,
    asOf: rows[0]!.asOf,
    page({ after, skip, limit }) {
      const from = (after === undefined ? 0 : behind(after)) + skip;
      const length = Math.max(0, Math.min(limit, total - from));
      return Array.from({ length }, (_, i) => {
        const { hash, posts, time } = at(from + i);
        return { sha256: hash.toString('hex'), posts, lastPostAt: new Date(time) };
      });
    },
  };
}

interface Sorted {
  readonly hash: Buffer;
  readonly posts: number;
  readonly time: number;
}

/** KEYS on records: below 0 where `a` is the lower. */
function comparisons(order: HotspotPictureOrder): (a: Sorted, b: Sorted) => number {
  const byTime = (a: Sorted, b: Sorted) => a.time - b.time || a.hash.compare(b.hash);
  return order === 'NEWEST' ? (a, b) => byTime(a, b) || a.posts - b.posts : (a, b) => a.posts - b.posts || byTime(a, b);
}
