// The map of the pictures that were posted within a span of time. What was read last is kept until something changes.
import type { Pool } from 'pg';
import { TUNING } from '../../analytics/detection/tuning.js';

const HOUR = 3_600_000;

export interface MapSpan {
  /** Inclusive; null: `hours` before the end. */
  readonly since: Date | null;
  /** Exclusive; null: to the newest post. */
  readonly until: Date | null;
  /** Default: what detection looks at. */
  readonly hours: number | null;
}

export interface MapHotspotRow {
  readonly id: string;
  /** Its pictures on the map. */
  readonly pictures: number;
  /** The place of its picture that is nearest to the middle of them. */
  readonly x: number;
  readonly y: number;
}

export interface ReadMap {
  /** Another one where anything on the map is another. */
  readonly version: string;
  readonly layout: number;
  readonly since: Date;
  readonly until: Date;
  /** Of each picture, in the order in which they were embedded. */
  readonly numbers: Uint32Array;
  readonly xs: Float32Array;
  readonly ys: Float32Array;
  /** 0: it is of none; else the place in `hotspots`, from 1. */
  readonly hotspotOf: Uint16Array;
  /** In the order in which they emerged. */
  readonly hotspots: readonly MapHotspotRow[];
}

/** Maps kept of each database: those of the spans that were asked for last. */
const KEPT = 4;
const kept = new WeakMap<Pool, Map<string, Promise<ReadMap>>>();

export async function readMap(pool: Pool, span: MapSpan): Promise<ReadMap> {
  const found = await mapMoment(pool, span);
  const key = `${found.version} ${found.since.getTime()} ${found.until.getTime()}`;
  const maps = kept.get(pool) ?? new Map<string, Promise<ReadMap>>();
  kept.set(pool, maps);
  const reading = maps.get(key) ?? readPoints(pool, found);
  maps.delete(key);
  maps.set(key, reading);
  for (const old of [...maps.keys()].slice(0, -KEPT)) maps.delete(old);
  // What could not be read is tried again.
  reading.catch(() => maps.delete(key));
  return reading;
}

type Moment = Pick<ReadMap, 'version' | 'layout' | 'since' | 'until'>;

/** Which span is meant, and what there is of it now. */
async function mapMoment(pool: Pool, { since, until, hours }: MapSpan): Promise<Moment> {
  const newest = await pool.query<{ at: Date | null }>(
    'SELECT max(posted_at) AS at FROM posts WHERE posted_at < coalesce($1, now())',
    [until],
  );
  // Times are kept to the millisecond: the newest post is within.
  const end = until ?? new Date((newest.rows[0]?.at?.getTime() ?? 0) + 1);
  const last = newest.rows[0]?.at ?? end;
  const begin = since ?? new Date(last.getTime() - (hours ?? TUNING.window) * HOUR);
  const { rows } = await pool.query<{
    layout: number;
    version: number;
    detection: number;
    placed: number;
    posts: number;
  }>(
    `SELECT coalesce(l.layout, 0) AS layout, coalesce(l.version, 0) AS version, coalesce(d.version, 0) AS detection,
       (SELECT count(*)::int FROM map_points m WHERE m.layout = l.layout) AS placed,
       (SELECT count(*)::int FROM posts p WHERE p.posted_at >= $1 AND p.posted_at < $2) AS posts
     FROM (SELECT 1) one LEFT JOIN map_layout l ON true LEFT JOIN detection_state d ON true`,
    [begin, end],
  );
  const { layout, version, detection, placed, posts } = rows[0]!;
  return { version: [layout, version, detection, placed, posts].join('.'), layout, since: begin, until: end };
}

/** Number, x, y and hotspot of a picture, as the database packs them. */
const PACKED = 4 + 4 + 4 + 2;

async function readPoints(pool: Pool, moment: Moment): Promise<ReadMap> {
  // One packed value: a hundred thousand rows would be as many objects, and hold up everything else.
  const { rows } = await pool.query<{ points: Buffer | null; hotspots: string[] | null }>(
    `WITH shown AS (
       SELECT DISTINCT ON (m.number) m.number, m.x, m.y, d.hotspot_id
       FROM posts p JOIN post_images pi ON pi.post_id = p.id JOIN map_points m ON m.image_sha256 = pi.image_sha256
       LEFT JOIN detection_posts d ON d.post_id = p.id
       WHERE p.posted_at >= $1 AND p.posted_at < $2 AND m.layout = $3
       ORDER BY m.number, d.hotspot_id IS NULL, p.posted_at DESC
     ), numbered AS (
       SELECT h.id, row_number() OVER (ORDER BY h.emerged_at, h.id)::int2 AS place
       FROM hotspots h WHERE h.id IN (SELECT hotspot_id FROM shown)
     )
     SELECT (SELECT string_agg(int4send(s.number) || float4send(s.x) || float4send(s.y) || int2send(coalesce(n.place, 0::int2)), ''::bytea ORDER BY s.number)
             FROM shown s LEFT JOIN numbered n ON n.id = s.hotspot_id) AS points,
            (SELECT array_agg(n.id ORDER BY n.place) FROM numbered n) AS hotspots`,
    [moment.since, moment.until, moment.layout],
  );
  const { points, hotspots } = rows[0]!;
  const count = (points?.length ?? 0) / PACKED;
  const numbers = new Uint32Array(count);
  const [xs, ys] = [new Float32Array(count), new Float32Array(count)];
  const hotspotOf = new Uint16Array(count);
  for (let i = 0; points !== null && i < count; i += 1) {
    const at = i * PACKED;
    numbers[i] = points.readUInt32BE(at);
    xs[i] = points.readFloatBE(at + 4);
    ys[i] = points.readFloatBE(at + 8);
    hotspotOf[i] = points.readUInt16BE(at + 12);
  }
  const found = { numbers, xs, ys, hotspotOf };
  return { ...moment, ...found, hotspots: (hotspots ?? []).map((id, i) => ({ id, ...middleOf(found, i + 1) })) };
}

/** How many are of a hotspot, and the place among them that is nearest to their medians. */
function middleOf(
  { xs, ys, hotspotOf }: Pick<ReadMap, 'xs' | 'ys' | 'hotspotOf'>,
  hotspot: number,
): Omit<MapHotspotRow, 'id'> {
  const own: number[] = [];
  hotspotOf.forEach((each, i) => {
    if (each === hotspot) own.push(i);
  });
  const median = (of: Float32Array) => Float32Array.from(own, (i) => of[i]!).sort()[own.length >> 1] ?? 0;
  const [x, y] = [median(xs), median(ys)];
  let best = { x, y };
  let least = Number.POSITIVE_INFINITY;
  for (const i of own) {
    const far = (xs[i]! - x) ** 2 + (ys[i]! - y) ** 2;
    if (far >= least) continue;
    least = far;
    best = { x: xs[i]!, y: ys[i]! };
  }
  return { pictures: own.length, ...best };
}
