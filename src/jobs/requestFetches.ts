// Pictures that could not be fetched are tried anew.
import type { ClientBase } from 'pg';
import { deadLetterQueue, type Queue } from './queue.js';

/** Makes FAILED pictures of the posts PENDING again, with their jobs, where there is an address to fetch from. Resolves to how many. */
export async function requestFetches(
  { client, queue }: { readonly client: ClientBase; readonly queue: Queue },
  postIds: readonly string[],
): Promise<number> {
  const { rows } = await client.query<{ id: string }>(
    `UPDATE post_images SET status = 'PENDING', attempts = 0, error = NULL
     WHERE post_id = ANY($1::uuid[]) AND status = 'FAILED' AND url IS NOT NULL
     RETURNING id`,
    [postIds],
  );
  const ids = rows.map(({ id }) => id);
  // Their dead letters said that nobody would try again.
  await client.query(`DELETE FROM pgboss.job WHERE name = $1 AND singleton_key = ANY($2::text[])`, [
    deadLetterQueue('fetch'),
    ids,
  ]);
  await queue.add(
    'fetch',
    ids.map((postImageId) => ({ data: { postImageId }, key: postImageId })),
    client,
  );
  return ids.length;
}
