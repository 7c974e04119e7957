// The captioned images of the last hours of event time, with their vectors and the posts that show them.
import type { Pool } from 'pg';

export interface WindowImage {
  readonly sha256: string;
  readonly text: string;
  readonly vector: Float32Array;
  readonly postIds: readonly string[];
  /** One per post, in the order of postIds; null where the source names none. */
  readonly authors: readonly (string | null)[];
  readonly firstPostAt: Date;
  readonly lastPostAt: Date;
}

export interface ClusterWindow {
  readonly start: Date;
  readonly end: Date;
  /** Newest first. */
  readonly images: readonly WindowImage[];
}

/**
 * The window ends at the newest post that has an embedded caption, and never in the future: time is that of the posts, so
 * an archive that was imported shows its own last hours. Null where nothing is embedded yet.
 */
export async function clusterWindow(
  pool: Pool,
  { modelDigest, hours, limit }: { readonly modelDigest: string; readonly hours: number; readonly limit: number },
): Promise<ClusterWindow | null> {
  const embedded = `embeddings v JOIN post_images pi ON pi.image_sha256 = v.image_sha256 JOIN posts p ON p.id = pi.post_id
    WHERE v.kind = 'CAPTION' AND v.model_digest = $1 AND p.posted_at <= now()`;
  const newest = await pool.query<{ end: Date | null }>(`SELECT max(p.posted_at) AS "end" FROM ${embedded}`, [
    modelDigest,
  ]);
  const end = newest.rows[0]?.end;
  if (end == null) return null;
  const start = new Date(end.getTime() - hours * 3_600_000);
  const { rows } = await pool.query<Omit<WindowImage, 'vector'> & { vector: string }>(
    `SELECT v.image_sha256 AS sha256, coalesce(v.text, '') AS text, v.vector::text AS vector,
            array_agg(p.id::text ORDER BY p.posted_at, p.id) AS "postIds",
            array_agg(p.author ORDER BY p.posted_at, p.id) AS authors,
            min(p.posted_at) AS "firstPostAt", max(p.posted_at) AS "lastPostAt"
     FROM ${embedded} AND p.posted_at > $2 AND p.posted_at <= $3
     GROUP BY v.id ORDER BY "lastPostAt" DESC, sha256 LIMIT $4`,
    [modelDigest, start, end, limit],
  );
  const images = rows.map((row) => ({ ...row, vector: Float32Array.from(JSON.parse(row.vector) as number[]) }));
  return { start, end, images };
}
