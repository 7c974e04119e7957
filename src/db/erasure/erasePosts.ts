// Erases posts and all that is known through them alone, in the caller's transaction.
import type { ClientBase } from 'pg';
import { layFoldersAnew } from '../deliver/layFoldersAnew.js';
import type { DeletionReason } from '../generated/client.js';
import { renewReportRuns } from '../reports/reportRuns.js';
import { alertsAbout } from './alertsAbout.js';
import { lockForErasure } from './erasureLock.js';
import { forgetJobs } from './forgetJobs.js';
import { forgetWords } from './forgetWords.js';
import { noteLostImages } from './lostImages.js';
import { addTombstones, type PostIdentity, postKeys } from './tombstones.js';

/** Posts erased in one transaction: what comes in waits for as long. */
export const ERASED_AT_ONCE = 500;

export interface Erasure {
  /** Posts that were there. */
  readonly posts: number;
  /** Images that they showed: those that no other post shows are still to go (purgeImages). */
  readonly images: number;
  /** New ones: of the posts, and of those that had never been here. */
  readonly tombstones: number;
  /** Messages that lie in folders and are to be laid anew, without the posts: a job of `deliver` does it. */
  readonly redone: number;
}

/**
 * Erases the posts with these ids and these identities, known or not, and leaves their tombstones. What goes: the post with its
 * raw row, its place in detection, what was said of its row when it was refused, its jobs, its name in events and decisions,
 * titles and keywords of its words; what alerts showed of it, also in folders. Its images go with purgeImages, once this has been committed.
 */
export async function erasePosts(
  client: ClientBase,
  {
    ids = [],
    identities = [],
    reason,
  }: {
    readonly ids?: readonly string[];
    readonly identities?: readonly PostIdentity[];
    readonly reason: DeletionReason;
  },
): Promise<Erasure> {
  await lockForErasure(client);
  const { rows: posts } = await client.query<PostIdentity & { id: string }>(FIND, [ids, JSON.stringify(identities)]);
  const keyOf = await postKeys(client);
  const keys = [...posts, ...identities].map(keyOf);
  const tombstones = await addTombstones(client, keys, reason);
  await client.query(FORGET_REJECTIONS, [keys]);
  if (posts.length === 0) return { posts: 0, images: 0, tombstones, redone: 0 };

  const postIds = posts.map(({ id }) => id);
  const { rows: known } = await client.query<Known>(KNOWN, [postIds]);
  const { pictureIds, sha256s, hotspotIds, texts } = known[0]!;
  const before = await alertsAbout(client, { postIds, hotspotIds });
  await client.query('DELETE FROM posts WHERE id = ANY($1::uuid[])', [postIds]);
  await noteLostImages(client, sha256s);
  await forgetJobs(client, pictureIds);
  await client.query(FORGET_IN_EVENTS, [postIds]);
  await client.query(FORGET_IN_DECISIONS, [postIds]);
  await client.query(FORGET_IN_ALERTS, [postIds]);
  const renamed = await forgetWords(client, { hotspotIds, texts });
  const after = await alertsAbout(client, { postIds: [], hotspotIds: renamed });
  const runs = await renewReportRuns(client, [...postIds, ...hotspotIds, ...renamed]);
  const redone =
    (await layFoldersAnew(client, 'ALERT', [...before, ...after])) + (await layFoldersAnew(client, 'REPORT', runs));
  return { posts: posts.length, images: sha256s.length, tombstones, redone };
}

interface Known {
  readonly pictureIds: readonly string[];
  readonly sha256s: readonly string[];
  readonly hotspotIds: readonly string[];
  /** What the posts said, and what was seen in them. */
  readonly texts: readonly string[];
}

const FIND = `
  SELECT p.id::text, p.source, p.native_id AS "nativeId" FROM posts p
  WHERE p.id = ANY($1::uuid[])
    OR (p.source, p.native_id) IN (SELECT source, "nativeId" FROM jsonb_to_recordset($2::jsonb) AS given (source text, "nativeId" text))
  ORDER BY p.source COLLATE "C", p.native_id COLLATE "C" FOR UPDATE`;

const KNOWN = `
  SELECT ARRAY(SELECT id::text FROM post_images WHERE post_id = ANY($1::uuid[])) AS "pictureIds",
    ARRAY(SELECT DISTINCT image_sha256::text FROM post_images WHERE post_id = ANY($1::uuid[]) AND image_sha256 IS NOT NULL) AS sha256s,
    ARRAY(SELECT DISTINCT hotspot_id FROM detection_posts WHERE post_id = ANY($1::uuid[]) AND hotspot_id IS NOT NULL) AS "hotspotIds",
    ARRAY(SELECT caption FROM detection_posts WHERE post_id = ANY($1::uuid[]) UNION
      SELECT text FROM detection_posts WHERE post_id = ANY($1::uuid[]) UNION SELECT text FROM posts WHERE id = ANY($1::uuid[])) AS texts`;

/** That a row was refused is still counted and shown in its place. */
const FORGET_REJECTIONS = `
  UPDATE import_rejections SET reason = 'the post was deleted', excerpt = '' WHERE post_key = ANY($1::bytea[]) AND excerpt <> ''`;

const FORGET_IN_EVENTS = `
  UPDATE hotspot_events SET post_ids = ARRAY(
    SELECT id FROM unnest(post_ids) WITH ORDINALITY AS kept (id, place) WHERE NOT id = ANY($1::uuid[]) ORDER BY place)
  WHERE post_ids && $1::uuid[]`;

const FORGET_IN_DECISIONS = FORGET_IN_EVENTS.replace('hotspot_events', 'hotspot_decisions');
const FORGET_IN_ALERTS = FORGET_IN_EVENTS.replace('hotspot_events', 'alerts');
