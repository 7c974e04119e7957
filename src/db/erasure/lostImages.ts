// Images that posts have lost: noted in the transaction in which they lose them, and erased, rows and bytes, where no post shows them.
import type { ClientBase, Pool } from 'pg';

/** SQL: no post shows image `i`. */
const UNUSED = 'NOT EXISTS (SELECT FROM post_images p WHERE p.image_sha256 = i.sha256)';

/** Notes these, and hashes whose bytes were stored for a row that did not come in. */
export async function noteLostImages(client: Pick<ClientBase, 'query'>, sha256s: readonly string[]): Promise<void> {
  if (sha256s.length === 0) return;
  await client.query(
    `INSERT INTO lost_images (sha256) SELECT DISTINCT sha256 FROM unnest($1::bpchar[]) AS lost (sha256) ON CONFLICT DO NOTHING`,
    [sha256s],
  );
}

/** At most `limit` of those noted, beginning behind one. */
export async function lostImages(
  client: Pick<ClientBase, 'query'>,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<string[]> {
  const { rows } = await client.query<{ sha256: string }>(
    'SELECT sha256::text FROM lost_images WHERE sha256 > $1::bpchar ORDER BY sha256 LIMIT $2',
    [after, limit],
  );
  return rows.map(({ sha256 }) => sha256);
}

/**
 * Deletes the images among these that no post shows, with captions, edits and embeddings. To be called under the lock of erasure:
 * a post that is just coming in may show one. Resolves to the ids of the captions that went.
 */
export async function deleteUnusedImages(client: ClientBase, sha256s: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT c.id::text FROM captions c JOIN images i ON i.sha256 = c.image_sha256 WHERE i.sha256 = ANY($1::bpchar[]) AND ${UNUSED}`,
    [sha256s],
  );
  await client.query(`DELETE FROM images i WHERE i.sha256 = ANY($1::bpchar[]) AND ${UNUSED}`, [sha256s]);
  return rows.map(({ id }) => id);
}

/** Strikes them off the list; what comes in again later is noted again. */
export async function forgetLostImages(client: ClientBase, sha256s: readonly string[]): Promise<void> {
  await client.query('DELETE FROM lost_images WHERE sha256 = ANY($1::bpchar[])', [sha256s]);
}

/** Which of these hashes have an image? */
export async function knownImages(client: Pick<ClientBase, 'query'>, sha256s: readonly string[]): Promise<Set<string>> {
  const { rows } = await client.query<{ sha256: string }>(
    'SELECT sha256::text FROM images WHERE sha256 = ANY($1::bpchar[])',
    [sha256s],
  );
  return new Set(rows.map(({ sha256 }) => sha256));
}

/** The images whose hashes begin with a byte (two hex digits). */
export async function imagesUnder(pool: Pool, byte: string): Promise<string[]> {
  const { rows } = await pool.query<{ sha256: string }>(
    `SELECT sha256::text FROM images WHERE sha256 >= rpad($1, 64, '0')::bpchar AND sha256 <= rpad($1, 64, 'f')::bpchar`,
    [byte],
  );
  return rows.map(({ sha256 }) => sha256);
}

/** Notes images that no post has shown for an hour at least: none comes to be now, but earlier versions left some. */
export async function noteUnusedImages(pool: Pool): Promise<void> {
  await pool.query(
    `INSERT INTO lost_images (sha256) SELECT i.sha256 FROM images i WHERE i.created_at < now() - interval '1 hour' AND ${UNUSED}
     ON CONFLICT DO NOTHING`,
  );
}
