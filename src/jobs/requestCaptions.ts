// Caption rows and their jobs, made together in the caller's transaction.

import type { ClientBase } from 'pg';
import { uuidv7 } from '../db/uuidv7.js';
import type { CaptionPlan } from './captionPlan.js';
import { deadLetterQueue, type Queue } from './queue.js';

export interface CaptionRequests {
  /** Rows that are new and PENDING. */
  readonly created: number;
  /** FAILED rows that are PENDING again (only with `again`). */
  readonly retried: number;
}

/**
 * Makes a PENDING caption and its job for every image that has none under the plan: an image is captioned once per
 * model, adapter and options, however often it is asked for. Images that were deleted meanwhile are left out. `again`: failed ones are tried anew, and a completed one
 * becomes the image's current caption.
 */
export async function requestCaptions(
  { client, queue }: { readonly client: ClientBase; readonly queue: Queue },
  sha256s: readonly string[],
  { plan, again = false }: { readonly plan: CaptionPlan; readonly again?: boolean },
): Promise<CaptionRequests> {
  if (sha256s.length === 0) return { created: 0, retried: 0 };
  // Sorted: two transactions that insert the same rows in different orders would wait for each other.
  const images = [...new Set(sha256s)].sort();
  const identity = [plan.modelDigest, plan.adapterDigest, plan.optionsDigest];
  const created = await client.query<{ id: string }>(
    `INSERT INTO captions (id, image_sha256, model_digest, adapter_digest, options_digest, prompt, options, token_ids)
     SELECT new.id, new.sha256, $3, $4, $5, $6, $7::jsonb, '{}'
     FROM unnest($1::uuid[], $2::bpchar[]) AS new (id, sha256) JOIN images i USING (sha256)
     ON CONFLICT (image_sha256, model_digest, adapter_digest, options_digest) DO NOTHING
     RETURNING id`,
    [images.map(() => uuidv7()), images, ...identity, plan.prompt, JSON.stringify(plan.options)],
  );
  let retried: { id: string }[] = [];
  if (again) {
    const failed = await client.query<{ id: string }>(
      `UPDATE captions SET status = 'PENDING', attempts = 0, error = NULL
       WHERE image_sha256 = ANY($1::bpchar[]) AND model_digest = $2 AND adapter_digest = $3 AND options_digest = $4
         AND status = 'FAILED'
       RETURNING id`,
      [images, ...identity],
    );
    retried = failed.rows;
    // Their dead letters said that nobody would try again.
    await client.query(`DELETE FROM pgboss.job WHERE name = $1 AND singleton_key = ANY($2::text[])`, [
      deadLetterQueue('caption'),
      retried.map(({ id }) => id),
    ]);
    await client.query(
      `UPDATE images i SET current_caption_id = c.id FROM captions c
       WHERE c.image_sha256 = i.sha256 AND c.image_sha256 = ANY($1::bpchar[]) AND c.model_digest = $2
         AND c.adapter_digest = $3 AND c.options_digest = $4 AND c.status = 'COMPLETED'
         AND i.current_caption_id IS DISTINCT FROM c.id`,
      [images, ...identity],
    );
  }
  const ids = [...created.rows, ...retried].map(({ id }) => id);
  await queue.add(
    'caption',
    ids.map((captionId) => ({ data: { captionId }, key: captionId })),
    client,
  );
  return { created: created.rows.length, retried: retried.length };
}
