// Who brings things in and who erases them must not do so at the same time: a post could come in beside its tombstone, a picture's
// row without its bytes, or a hotspot's title be of words that have just been deleted.
import type { ClientBase } from 'pg';

const LOCK = 72707370;

/** Until the end of the transaction erasure stands still, and so does the media store's sweep. Many may hold it; taken first of all locks. */
export async function holdOffErasure(client: ClientBase): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock_shared($1)', [LOCK]);
}

/** Until the end of the transaction nothing comes in. (On the embedded database transactions run one by one anyhow.) */
export async function lockForErasure(client: ClientBase): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
}
