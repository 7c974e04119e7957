// Detection's state as it was stored with the last step: what a detector goes on from.
import type { Pool } from 'pg';
import type { StreamPost } from '../../analytics/detection/post.js';
import type { SavedDetector, SavedHotspot, SavedPost } from '../../analytics/detection/saved.js';
import { readStanding } from './standingBytes.js';

export interface StoredDetection {
  readonly version: number;
  readonly embedderDigest: string;
  readonly saved: SavedDetector;
  /** Those that the last step saw, in the order of arrival. */
  readonly posts: readonly { readonly post: StreamPost; readonly saved: SavedPost }[];
  /** Those that came after it. */
  readonly since: readonly StreamPost[];
  /** Pictures that were there, the first first. */
  readonly pictures: readonly { readonly phash: string; readonly key: string; readonly at: number }[];
}

/** The version of the stored state; null where there is none. */
export async function detectionVersion(pool: Pool): Promise<number | null> {
  const { rows } = await pool.query<{ version: number }>('SELECT version FROM detection_state');
  return rows[0]?.version ?? null;
}

interface Row {
  id: string;
  number: string;
  at: Date;
  author: string | null;
  caption: string;
  text: string;
  vector: Uint8Array | null;
  piece: string;
  phash: string | null;
  standing: Uint8Array | null;
  hotspot: string | null;
  evidence: number;
  refusedAt: Date | null;
  fixed: boolean;
}

/** Posts read at a time. */
const PAGE = 5000;

/** Null before the first step. */
export async function loadDetection(pool: Pool): Promise<StoredDetection | null> {
  const state = await pool.query<{
    version: number;
    embedderDigest: string;
    saved: Omit<SavedDetector, 'hotspots'> & { readonly hotspotIds: readonly string[] };
  }>('SELECT version, embedder_digest AS "embedderDigest", saved FROM detection_state');
  const [found] = state.rows;
  if (found === undefined) return null;
  const { hotspotIds, ...saved } = found.saved;
  const hotspots = await pool.query<{ saved: SavedHotspot }>(
    `SELECT h.saved FROM unnest($1::text[]) WITH ORDINALITY AS wanted (id, place) JOIN hotspots h ON h.id = wanted.id
     WHERE h.saved IS NOT NULL ORDER BY wanted.place`,
    [hotspotIds],
  );
  const posts: { post: StreamPost; saved: SavedPost }[] = [];
  const since: StreamPost[] = [];
  const pictures: { phash: string; key: string; at: number }[] = [];
  for (let after = '-1'; ; ) {
    const { rows } = await pool.query<Row>(
      `SELECT post_id::text AS id, number::text, at, author, caption, text, vector, piece, phash, standing, hotspot_id AS hotspot,
              evidence, refused_at AS "refusedAt", fixed
       FROM detection_posts WHERE kept AND number > $1::bigint ORDER BY number LIMIT ${PAGE}`,
      [after],
    );
    for (const row of rows) {
      const post = streamPost(row);
      if (row.phash !== null && row.piece !== '') pictures.push({ phash: row.phash, key: row.piece, at: post.at });
      if (row.standing === null) since.push(post);
      else posts.push({ post, saved: savedPost(row, row.standing) });
    }
    if (rows.length < PAGE) break;
    after = rows.at(-1)!.number;
  }
  return {
    version: found.version,
    embedderDigest: found.embedderDigest,
    saved: { ...saved, hotspots: hotspots.rows.map((row) => row.saved) },
    posts,
    since,
    pictures,
  };
}

function streamPost({ id, at, author, caption, text, vector, piece }: Row): StreamPost {
  return {
    id,
    at: at.getTime(),
    author: author ?? `author of ${id}`,
    // As it was found to be when it came first.
    picture: piece === '' ? null : piece,
    text,
    caption,
    vector: vector === null ? null : floatsOf(vector),
  };
}

function savedPost(row: Row, standing: Uint8Array): SavedPost {
  const { id, number, hotspot, evidence, refusedAt, fixed, piece } = row;
  return {
    id,
    number: Number(number),
    piece,
    ...readStanding(standing),
    hotspot,
    evidence,
    refusedAt: refusedAt?.getTime() ?? Number.NEGATIVE_INFINITY,
    fixed,
  };
}

/** A copy that begins where float32 may. */
function floatsOf(bytes: Uint8Array): Float32Array {
  const copy = new Uint8Array(bytes);
  return new Float32Array(copy.buffer, 0, copy.length / 4);
}
