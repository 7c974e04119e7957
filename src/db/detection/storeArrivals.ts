// Posts that detection took in, at once: what it made of them since the last step is made anew from them after a restart.
import type { ClientBase } from 'pg';
import type { Assignment } from '../../analytics/detection/finding.js';
import type { StreamPost } from '../../analytics/detection/post.js';
import { holdOffErasure } from '../erasure/erasureLock.js';

export interface ArrivedPost extends StreamPost {
  /** Its author, where the source names one. */
  readonly named: string | null;
  /** What its text says of its author's feeling; null: it can't be read. */
  readonly opinion: number | null;
  /** Perceptual hash of its first picture. */
  readonly phash: string | null;
}

/** Writes them in their order, with the hotspots that they were given. Resolves to the ids of those that were deleted meanwhile: they are left out. */
export async function storeArrivals(
  client: ClientBase,
  posts: readonly ArrivedPost[],
  assignments: readonly Assignment[],
): Promise<string[]> {
  if (posts.length === 0) return [];
  await holdOffErasure(client);
  const homes = new Map(assignments.map((one) => [one.post, one]));
  const rows = posts.map(({ id, at, named, caption, text, vector, picture, phash, opinion }) => {
    const home = homes.get(id);
    return {
      id,
      at: new Date(at),
      author: named,
      caption: clean(caption),
      text: clean(text),
      vector: vector === null ? null : Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('hex'),
      piece: picture ?? '',
      phash,
      opinion,
      hotspot: home?.hotspot ?? null,
      joined: home === undefined ? null : new Date(home.at),
    };
  });
  await client.query(
    `INSERT INTO detection_posts (post_id, at, author, caption, text, vector, piece, phash, opinion, hotspot_id, joined_at)
     SELECT g.id, g.at, g.author, g.caption, g.text, decode(g.vector, 'hex'), g.piece, g.phash, g.opinion, g.hotspot, g.joined
     FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (id uuid, at timestamptz, author text, caption text, text text, vector text,
       piece text, phash text, opinion float8, hotspot text, joined timestamptz)) WITH ORDINALITY
       AS g (id, at, author, caption, text, vector, piece, phash, opinion, hotspot, joined, place)
     JOIN posts p ON p.id = g.id ORDER BY g.place
     ON CONFLICT (post_id) DO NOTHING`,
    [JSON.stringify(rows)],
  );
  const { rows: there } = await client.query<{ id: string }>(
    `UPDATE posts SET detected_at = now() WHERE id = ANY($1::uuid[]) RETURNING id::text`,
    [posts.map(({ id }) => id)],
  );
  const stored = new Set(there.map(({ id }) => id));
  return posts.flatMap(({ id }) => (stored.has(id) ? [] : [id]));
}

/** PostgreSQL's text has no NUL. */
function clean(text: string): string {
  return text.replaceAll('\0', '');
}
