// Captions of images: the one to show, and the history.
import type { Pool } from 'pg';
import type { Caption } from './generated/client.js';
import { NEWEST_EDIT } from './shownText.js';

export type CaptionRow = Omit<Caption, 'text' | 'optionsDigest'> & {
  readonly modelText: string | null;
  /** A person's wording that stands in for modelText; null where there is none. */
  readonly editedText: string | null;
};

const CAPTION_COLUMNS = `c.id, c.image_sha256 AS "imageSha256", c.status, c.text AS "modelText", c.model_digest AS "modelDigest",
  c.adapter_digest AS "adapterDigest", c.prompt, c.options, coalesce(c.token_ids, '{}') AS "tokenIds", c.log_prob AS "logProb",
  c.confidence, c.attempts, c.error, c.created_at AS "createdAt", c.completed_at AS "completedAt"`;

/** For each image that has any caption row its current one, or its newest attempt where none has been completed. */
export async function latestCaptions(pool: Pool, sha256s: readonly string[]): Promise<CaptionRow[]> {
  const { rows } = await pool.query<CaptionRow>(
    `SELECT ${CAPTION_COLUMNS}, e.text AS "editedText"
     FROM images i
     JOIN LATERAL (
       SELECT * FROM captions WHERE image_sha256 = i.sha256
       ORDER BY (id = i.current_caption_id) IS TRUE DESC, created_at DESC, id DESC LIMIT 1
     ) c ON true ${NEWEST_EDIT}
     WHERE i.sha256 = ANY($1::bpchar[])`,
    [sha256s],
  );
  return rows;
}

/** Every caption of the images, newest first, at most `limit` of each; edits are not put in place of the models' words. */
export async function captionHistory(
  pool: Pool,
  { sha256s, limit }: { readonly sha256s: readonly string[]; readonly limit: number },
): Promise<CaptionRow[]> {
  const { rows } = await pool.query<CaptionRow>(
    `SELECT ${CAPTION_COLUMNS}, NULL AS "editedText"
     FROM images i
     JOIN LATERAL (SELECT * FROM captions WHERE image_sha256 = i.sha256 ORDER BY created_at DESC, id DESC LIMIT $2) c ON true
     WHERE i.sha256 = ANY($1::bpchar[]) ORDER BY c.created_at DESC, c.id DESC`,
    [sha256s, limit],
  );
  return rows;
}
