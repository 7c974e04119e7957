// The posts that an alert rests on, as they are now.
import type { Pool } from 'pg';

export interface EvidencePost {
  readonly id: string;
  readonly source: string;
  readonly author: string | null;
  readonly text: string;
  readonly url: string | null;
  readonly postedAt: Date;
  /** Of its pictures, as detection read it. */
  readonly caption: string;
  /** Of its first picture; null: it has none. */
  readonly sha256: string | null;
  /** One of the posts that show this picture is marked as sensitive. */
  readonly sensitive: boolean;
}

/** In the order of the ids; those that are gone are left out. */
export async function evidencePosts(pool: Pool, ids: readonly string[]): Promise<EvidencePost[]> {
  const { rows } = await pool.query<EvidencePost>(
    `SELECT p.id::text, p.source, p.author, p.text, p.url, p.posted_at AS "postedAt", coalesce(d.caption, '') AS caption, i.sha256,
       EXISTS (SELECT FROM post_images pi JOIN posts o ON o.id = pi.post_id WHERE pi.image_sha256 = i.sha256 AND o.sensitive) AS sensitive
     FROM unnest($1::uuid[]) WITH ORDINALITY AS named (id, place) JOIN posts p ON p.id = named.id
     LEFT JOIN detection_posts d ON d.post_id = p.id
     LEFT JOIN LATERAL (
       SELECT image_sha256::text AS sha256 FROM post_images WHERE post_id = p.id AND image_sha256 IS NOT NULL ORDER BY position LIMIT 1
     ) i ON true ORDER BY named.place`,
    [ids],
  );
  return rows;
}
