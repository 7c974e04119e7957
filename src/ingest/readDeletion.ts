// Rows that say that a post was deleted where it comes from.
import { z } from 'zod';
import { postIdentity } from './canonicalPost.js';

/** What is deleted, or why that can't be read. */
export type Deletion = { readonly source: string; readonly nativeId: string } | { readonly reason: string };

const BLUESKY = 'bluesky';

/** An event of Bluesky's Jetstream, version 1, or what is in a frame of version 2. */
const commit = z.object({
  did: z.string(),
  commit: z.object({ operation: z.literal('delete'), collection: z.string(), rkey: z.string() }),
});
const commit2 = z.object({
  $type: z.string().endsWith('#commit'),
  did: z.string(),
  operation: z.literal('delete'),
  collection: z.string(),
  rkey: z.string(),
});
const frame2 = z.object({ payload: commit2 });
/** An event of Mastodon's streaming API: its payload is the status's id alone. */
const mastodon = z.object({ event: z.literal('delete'), payload: z.string() });

/**
 * Reads `{ source, id, deleted: true }` under any of the names of these fields, and the events by which Jetstream and Mastodon tell
 * of deletions; null for a row of any other kind. `source` is taken where the row names none.
 */
export function readDeletion(value: unknown, { source }: { source: string }): Deletion | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const row = value as Record<string, unknown>;
  const event = commit.safeParse(row);
  if (event.success) return blueskyPost({ did: event.data.did, ...event.data.commit }, row);
  const other = commit2.safeParse(row);
  if (other.success) return blueskyPost(other.data, row);
  const frame = frame2.safeParse(row);
  if (frame.success) return blueskyPost(frame.data.payload, row);
  const status = mastodon.safeParse(row);
  if (status.success) return postIdentity({ source: row.source, id: status.data.payload }, { source });
  const key = Object.keys(row).find((name) => name.toLowerCase() === 'deleted');
  return key !== undefined && isYes(row[key]) ? postIdentity(row, { source }) : null;
}

/** By its AT-URI, which is what names a post on Bluesky. */
function blueskyPost(
  { did, collection, rkey }: { did: string; collection: string; rkey: string },
  { source }: Record<string, unknown>,
): Deletion {
  return postIdentity({ source, id: `at://${did}/${collection}/${rkey}` }, { source: BLUESKY });
}

/** CSV has text only. */
function isYes(value: unknown): boolean {
  return value === true || value === 1 || (typeof value === 'string' && /^\s*(true|1|yes)\s*$/i.test(value));
}
