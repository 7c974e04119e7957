// How has a person worded an image?
import type { ClientBase, Pool } from 'pg';

/** The newest edit of an image's caption; its null text takes the one before back. Null: there is none. */
export async function newestEdit(
  db: Pool | ClientBase,
  sha256: string,
): Promise<{ readonly text: string | null } | null> {
  const { rows } = await db.query<{ text: string | null }>(
    'SELECT text FROM caption_edits WHERE image_sha256 = $1 ORDER BY created_at DESC, id DESC LIMIT 1',
    [sha256],
  );
  return rows[0] ?? null;
}
