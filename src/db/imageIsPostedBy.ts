// Is the image in a post of this source, by this author?
import type { Pool } from 'pg';

/** Null or left out: any. Both must hold of the same post. */
export async function imageIsPostedBy(
  pool: Pool,
  sha256: string,
  { source, author }: { readonly source?: string | null | undefined; readonly author?: string | null | undefined },
): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM post_images pi JOIN posts p ON p.id = pi.post_id
       WHERE pi.image_sha256 = $1::bpchar AND ($2::text IS NULL OR p.source = $2) AND ($3::text IS NULL OR p.author = $3)) AS found`,
    [sha256, source ?? null, author ?? null],
  );
  return rows[0]?.found ?? false;
}
