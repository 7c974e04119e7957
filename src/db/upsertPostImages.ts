// The pictures of posts, by (post, position). A picture that changed is a new row with a new id: a download of the old address that
// is still under way then finds no row to write its result to.
import type { ClientBase } from 'pg';
import { uuidv7 } from './uuidv7.js';

export interface PostImageValues {
  readonly postId: string;
  readonly position: number;
  readonly altText: string | null;
  /** Null where the bytes came with the post. */
  readonly url: string | null;
  readonly status: 'PENDING' | 'STORED' | 'FAILED';
  readonly error: string | null;
  /** Must be in `images` already. */
  readonly imageSha256: string | null;
}

export interface ImageValues {
  readonly sha256: string;
  readonly bytes: number;
  readonly mimeType: string;
  readonly width: number;
  readonly height: number;
  readonly phash: string;
}

/** Rows of pictures whose bytes are in the media store; those that are known stay as they are. */
export async function insertImages(client: ClientBase, images: readonly ImageValues[]): Promise<void> {
  if (images.length === 0) return;
  await client.query(INSERT_IMAGES, [JSON.stringify(images)]);
}

export interface ChangedPictures {
  /** New rows, and what they hold. */
  readonly added: readonly (PostImageValues & { readonly id: string })[];
  /** Rows that are gone, with the images that they showed. */
  readonly removed: readonly { readonly id: string; readonly imageSha256: string | null }[];
}

/**
 * Makes `pictures` the pictures of `postIds`: the same ones stay as they are (their alt text is brought up to date), others
 * are added, replaced or removed.
 */
export async function upsertPostImages(
  client: ClientBase,
  { postIds, pictures }: { postIds: readonly string[]; pictures: readonly PostImageValues[] },
): Promise<ChangedPictures> {
  if (postIds.length === 0) return { added: [], removed: [] };
  const rows = pictures.map((picture) => ({ ...picture, id: uuidv7() }));
  const given = JSON.stringify(rows);
  const { rows: removed } = await client.query<{ id: string; imageSha256: string | null }>(DELETE_OTHERS, [
    given,
    postIds,
  ]);
  if (rows.length === 0) return { added: [], removed };
  const { rows: kept } = await client.query<{ id: string }>(UPSERT_PICTURES, [given]);
  const ids = new Set(kept.map(({ id }) => id));
  return { added: rows.filter(({ id }) => ids.has(id)), removed };
}

const GIVEN = `jsonb_to_recordset($1::jsonb) AS given
  (id uuid, "postId" uuid, position int, "altText" text, url text, status "MediaStatus", error text, "imageSha256" char(64))`;

const INSERT_IMAGES = `
  INSERT INTO images (sha256, bytes, mime_type, width, height, phash)
  SELECT sha256, bytes, "mimeType", width, height, phash
  FROM jsonb_to_recordset($1::jsonb) AS given
    (sha256 char(64), bytes int, "mimeType" text, width int, height int, phash char(16))
  ORDER BY sha256
  ON CONFLICT (sha256) DO NOTHING`;

const DELETE_OTHERS = `
  DELETE FROM post_images AS known
  WHERE post_id = ANY ($2::uuid[]) AND NOT EXISTS (
    SELECT FROM ${GIVEN}
    WHERE given."postId" = known.post_id AND given.position = known.position
      AND given.url IS NOT DISTINCT FROM known.url
      AND (given.url IS NOT NULL OR given."imageSha256" = known.image_sha256))
  RETURNING known.id::text, known.image_sha256::text AS "imageSha256"`;

const UPSERT_PICTURES = `
  INSERT INTO post_images (id, post_id, position, alt_text, url, status, error, image_sha256)
  SELECT id, "postId", position, "altText", url, status, error, "imageSha256"
  FROM ${GIVEN}
  ORDER BY "postId", position
  ON CONFLICT (post_id, position) DO UPDATE SET alt_text = excluded.alt_text
  RETURNING id`;
