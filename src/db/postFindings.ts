// What is known of posts beside what they say themselves: what their pictures show, which hotspot they are of, how they feel.
import type { Pool } from 'pg';
import { NEWEST_EDIT } from './shownText.js';

export interface PostFindings {
  readonly postId: string;
  readonly hotspotId: string | null;
  readonly hotspotTitle: string | null;
  /** -1 to 1; null: it can't be read, or was not looked at yet. */
  readonly opinion: number | null;
  /** Of its stored pictures, in their order; a caption is null where there is none yet. */
  readonly pictures: readonly { readonly sha256: string; readonly caption: string | null }[];
}

/** One row for each of the posts that exists, in any order. */
export async function postFindings(pool: Pool, postIds: readonly string[]): Promise<PostFindings[]> {
  const { rows } = await pool.query<PostFindings>(
    `SELECT p.id AS "postId", d.hotspot_id AS "hotspotId", coalesce(m.name, h.title) AS "hotspotTitle", d.opinion,
            coalesce(pictures.all, '[]') AS pictures
     FROM posts p
     LEFT JOIN detection_posts d ON d.post_id = p.id
     LEFT JOIN hotspots h ON h.id = d.hotspot_id
     LEFT JOIN hotspot_marks m ON m.hotspot_id = h.id
     LEFT JOIN LATERAL (
       SELECT json_agg(json_build_object('sha256', i.sha256, 'caption', coalesce(e.text, c.text)) ORDER BY pi.position) AS all
       FROM post_images pi JOIN images i ON i.sha256 = pi.image_sha256
       LEFT JOIN captions c ON c.id = i.current_caption_id ${NEWEST_EDIT}
       WHERE pi.post_id = p.id
     ) pictures ON true
     WHERE p.id = ANY($1::uuid[])`,
    [postIds],
  );
  return rows;
}
