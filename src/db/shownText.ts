// The caption text that is shown of an image: a person's newest edit, where it was not taken back, else the current caption.
import type { ClientBase, Pool } from 'pg';

/** SQL: newest edit of image `i` as `e` (no row, or a null text: no edit). */
export const NEWEST_EDIT = `LEFT JOIN LATERAL (
  SELECT text FROM caption_edits WHERE image_sha256 = i.sha256 ORDER BY created_at DESC, id DESC LIMIT 1
) e ON true`;

/** The shown text, or null where there is none (yet). */
export async function shownText(client: Pool | ClientBase, sha256: string): Promise<string | null> {
  const { rows } = await client.query<{ text: string | null }>(
    `SELECT coalesce(e.text, c.text) AS text FROM images i
     LEFT JOIN captions c ON c.id = i.current_caption_id ${NEWEST_EDIT}
     WHERE i.sha256 = $1::bpchar`,
    [sha256],
  );
  return rows[0]?.text ?? null;
}
