// Jobs for what is gone, also those that were given up or are done: their reasons name addresses.
import type { ClientBase } from 'pg';

/** Deletes the jobs under these keys (ids of pictures and captions, hashes of images). One that is running finds nothing to do and ends. */
export async function forgetJobs(client: ClientBase, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  // The queue of a database that was never worked on has no tables yet.
  const { rows } = await client.query<{ there: boolean }>(`SELECT to_regclass('pgboss.job') IS NOT NULL AS there`);
  if (rows[0]!.there)
    await client.query(`DELETE FROM pgboss.job WHERE singleton_key = ANY($1::text[]) AND state <> 'active'`, [keys]);
}
