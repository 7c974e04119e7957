// The map of captions as this process holds it beside the database: what new pictures are placed by. Another process, or this one after
// a crash, reads it anew. Pictures with the same caption stand round one place.
import type { Pool } from 'pg';
import { grainOf, onDisc } from '../analytics/projection/discs.js';
import { layOutAside } from '../analytics/projection/layOutAside.js';
import { type Landmarks, placeAmong } from '../analytics/projection/placeAmong.js';
import { onAxes } from '../analytics/projection/principalAxes.js';
import { claimMap, type MapState, mapLayout, mapVersion, writeLayout } from '../db/map/mapLayout.js';
import { type MapPicture, mapPictures, vectorsOf } from '../db/map/mapPictures.js';
import { leaveMap, type PlacedPicture, storePlaces } from '../db/map/storePlaces.js';
import type { WaitingPicture } from '../db/map/waitingPictures.js';
import { withTransaction } from '../db/withTransaction.js';
import type { Matrix } from '../matrix.js';

export interface LiveMapDeps {
  readonly pool: Pool;
  readonly embedderDigest: string;
  /** Pictures that the map holds at most, the newest. */
  readonly most: number;
}

/** The pictures with one caption. */
interface Disc {
  readonly x: number;
  readonly y: number;
  pictures: number;
}

interface Held {
  readonly state: MapState;
  readonly landmarks: Landmarks;
  readonly discs: Map<string, Disc>;
  pictures: number;
  version: number;
}

/** Share by which captions have to become more before all is laid out anew, and how many that is at least. */
const GROWTH = { share: 0.25, least: 50 };

export interface LiveMap {
  /** Gives these their places, among those that are there, or by a new layout of all. False: another process was faster, ask again. */
  place(waiting: readonly WaitingPicture[]): Promise<boolean>;
}

export function createLiveMap(deps: LiveMapDeps): LiveMap {
  const { pool, embedderDigest } = deps;
  let held: Held | null = null;
  return {
    async place(waiting) {
      const stored = await mapVersion(pool);
      if (held === null || held.version !== stored?.version) held = await openMap(deps);
      const current = held;
      held = null;
      if (current === null || hasGrown(current, waiting, deps.most)) return layOutAll(deps, current);
      const placed = placesOf(current, waiting);
      const written = await withTransaction(pool, async (client) => {
        if (!(await claimMap(client, current.version))) return false;
        await storePlaces(client, placed, { layout: current.state.layout, embedderDigest });
        return true;
      });
      if (!written) return false;
      current.version += 1;
      held = current;
      return true;
    },
  };
}

/** Null where there is none, or none of this embedder. */
async function openMap({ pool, embedderDigest, most }: LiveMapDeps): Promise<Held | null> {
  const state = await mapLayout(pool);
  if (state === null || state.embedderDigest !== embedderDigest) return null;
  const pictures = await mapPictures(pool, { embedderDigest, most });
  const placed = pictures.filter(({ layout }) => layout === state.layout);
  const marks = placed.filter(({ landmark }) => landmark);
  const vectors = await vectorsOf(pool, { embedderDigest, sha256s: marks.map(({ sha256 }) => sha256) });
  const known = marks.flatMap((mark, i) => {
    const vector = vectors[i];
    return vector === undefined ? [] : [{ vector, ...middleOf(mark, state.grain) }];
  });
  return {
    state,
    landmarks: {
      rows: onAxes(state.axes, matrixOf(known.map(({ vector }) => vector))),
      places: Float32Array.from(known.flatMap(({ x, y }) => [x, y])),
    },
    discs: discsOf(placed, state.grain),
    pictures: placed.length,
    version: state.version,
  };
}

function discsOf(placed: readonly MapPicture[], grain: number): Map<string, Disc> {
  const discs = new Map<string, Disc>();
  for (const picture of placed) {
    const pictures = picture.ordinal + 1;
    const disc = discs.get(picture.text);
    if (disc === undefined) discs.set(picture.text, { ...middleOf(picture, grain), pictures });
    else disc.pictures = Math.max(disc.pictures, pictures);
  }
  return discs;
}

function hasGrown({ state, discs, pictures }: Held, waiting: readonly WaitingPicture[], most: number): boolean {
  const captions = new Set(waiting.map(({ text }) => text).filter((text) => !discs.has(text))).size + discs.size;
  const room = Math.max(GROWTH.least, state.captions * GROWTH.share);
  return captions > state.captions + room || pictures + waiting.length > most * (1 + GROWTH.share);
}

/** Of captions that are there, beside them; of new ones, among the landmarks. */
function placesOf(held: Held, waiting: readonly WaitingPicture[]): PlacedPicture[] {
  const { state, landmarks, discs } = held;
  const fresh = new Map(waiting.filter(({ text }) => !discs.has(text)).map(({ text, vector }) => [text, vector]));
  const found = placeAmong(onAxes(state.axes, matrixOf([...fresh.values()])), landmarks);
  [...fresh.keys()].forEach((text, i) => {
    discs.set(text, { x: found[2 * i]!, y: found[2 * i + 1]!, pictures: 0 });
  });
  held.pictures += waiting.length;
  return waiting.map(({ sha256, text }) => beside(discs.get(text)!, { sha256, text, grain: state.grain }));
}

function beside(disc: Disc, { sha256, text, grain }: { sha256: string; text: string; grain: number }): PlacedPicture {
  const ordinal = disc.pictures;
  disc.pictures += 1;
  const { x, y } = onDisc(ordinal, grain);
  return { sha256, text, x: disc.x + x, y: disc.y + y, ordinal, landmark: false };
}

/** Lays all of it out, from where it is. */
async function layOutAll({ pool, embedderDigest, most }: LiveMapDeps, current: Held | null): Promise<boolean> {
  const version = (await mapVersion(pool))?.version ?? null;
  const all = await mapPictures(pool, { embedderDigest, most });
  const firsts = new Map<string, MapPicture>();
  for (const picture of all) if (!firsts.has(picture.text)) firsts.set(picture.text, picture);
  const stored = await vectorsOf(pool, { embedderDigest, sha256s: [...firsts.values()].map(({ sha256 }) => sha256) });
  const texts = [...firsts.keys()].filter((_, i) => stored[i] !== undefined);
  const vectors = matrixOf(stored.filter((vector) => vector !== undefined));
  const { axes, landmarks, places } = await layOutAside(vectors, { before: beforeOf(texts, current) });
  const grain = grainOf(places, all.length);
  const discs = new Map(texts.map((text, i) => [text, { x: places[2 * i]!, y: places[2 * i + 1]!, pictures: 0 }]));
  const marks = new Set(Array.from(landmarks, (row) => texts[row]!));
  const placed = all.flatMap(({ sha256, text }) => {
    const disc = discs.get(text);
    if (disc === undefined) return [];
    const landmark = disc.pictures === 0 && marks.has(text);
    return [{ ...beside(disc, { sha256, text, grain }), landmark }];
  });
  return withTransaction(pool, async (client) => {
    if (!(await claimMap(client, version))) return false;
    const { rows } = await client.query<{ layout: number }>('SELECT layout FROM map_layout');
    const layout = rows[0]!.layout + 1;
    const [captions, pictures] = [texts.length, placed.length];
    await writeLayout(client, { layout, embedderDigest, axes, grain, captions, pictures });
    await storePlaces(client, placed, { layout, embedderDigest });
    // Where it is full, what waits and is older would be placed only to be taken away.
    await leaveMap(client, { layout, oldest: all.length < most ? 0 : all[0]!.number });
    return true;
  });
}

/** Where captions were on the map that is held; undefined: none was. */
function beforeOf(texts: readonly string[], held: Held | null): Float32Array | undefined {
  if (held === null) return undefined;
  return Float32Array.from(
    texts.flatMap((text) => {
      const disc = held.discs.get(text);
      return disc === undefined ? [Number.NaN, Number.NaN] : [disc.x, disc.y];
    }),
  );
}

function middleOf({ x, y, ordinal }: Pick<MapPicture, 'x' | 'y' | 'ordinal'>, grain: number): { x: number; y: number } {
  const off = onDisc(ordinal, grain);
  return { x: x - off.x, y: y - off.y };
}

function matrixOf(vectors: readonly Float32Array[]): Matrix {
  const columns = vectors[0]?.length ?? 0;
  const values = new Float32Array(vectors.length * columns);
  vectors.forEach((vector, i) => {
    values.set(vector, i * columns);
  });
  return { rows: vectors.length, columns, values };
}
