// Posts that were deleted do not come in again.
import type { ClientBase } from 'pg';
import { type PostIdentity, type TombstoneRow, tombstonesOf } from '../db/erasure/tombstones.js';
import type { RejectedRow, Rejection } from './importRow.js';
import type { PreparedPost } from './prepareBatches.js';

/** Parts the posts from those that have a tombstone, which are rejected by themselves. */
export async function refuseDeleted(
  client: ClientBase,
  posts: readonly PreparedPost[],
  keyOf: (post: PostIdentity) => Buffer,
): Promise<{ readonly living: readonly PreparedPost[]; readonly refused: readonly Rejection[] }> {
  const tombstones = await tombstonesOf(
    client,
    posts.map(({ post }) => keyOf(post)),
  );
  return {
    living: posts.filter((_, i) => tombstones[i] === null),
    refused: posts.flatMap(({ place }, i) => (tombstones[i] == null ? [] : [refuse(place, tombstones[i])])),
  };
}

/** The rejections, where their rows are of posts that were deleted with nothing of these rows, whatever else is wrong with them. */
export async function withoutDeleted(
  client: ClientBase,
  rejections: readonly RejectedRow[],
  keyOf: (post: PostIdentity) => Buffer,
): Promise<readonly RejectedRow[]> {
  const named = rejections.flatMap(({ post }) => post ?? []);
  const tombstones = await tombstonesOf(client, named.map(keyOf));
  const byPost = new Map(named.map((post, i) => [post, tombstones[i]]));
  return rejections.map((rejection) => {
    const tombstone = rejection.post && byPost.get(rejection.post);
    return tombstone ? refuse(rejection.place, tombstone) : rejection;
  });
}

/** Says when and why, and how to bring it back; nothing of the row, which would be kept with the rejection. */
export function refuse(place: number, { reason, deletedAt }: TombstoneRow): Rejection {
  const day = deletedAt.toISOString().slice(0, 10);
  return {
    place,
    reason: `deleted on ${day} (${reason.toLowerCase()}): the mutation forgetTombstones lets it come in again`,
    excerpt: '',
  };
}

/** The identity as one text, to be compared. */
export function identityOf({ source, nativeId }: PostIdentity): string {
  return JSON.stringify([source, nativeId]);
}
