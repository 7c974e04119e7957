// What a caption job needs to know of its row, and what it writes.
import type { ClientBase } from 'pg';
import type { CaptionResult, DecodingOptions } from '../inference/inference.js';
import type { PrismaClient } from './generated/client.js';

/** The row, or null where it was deleted. */
export async function captionWork(prisma: PrismaClient, id: string) {
  const row = await prisma.caption.findUnique({ where: { id } });
  // What captionPlan wrote there.
  return row && { ...row, options: row.options as Omit<DecodingOptions, 'prompt'> };
}

/**
 * Writes the results of PENDING captions and makes each the image's current one. The ids of those that were written: others were
 * settled before.
 */
export async function completeCaptions(
  client: ClientBase,
  settled: readonly { readonly id: string; readonly result: CaptionResult }[],
): Promise<Set<string>> {
  const rows = settled.map(({ id, result }) => ({
    id,
    // A byte-level tokenizer can produce NUL, which PostgreSQL's text cannot hold.
    text: result.caption.replaceAll('\0', '\ufffd'),
    token_ids: result.tokenIds,
    log_prob: result.logProb,
    confidence: result.confidence,
  }));
  const written = await client.query<{ id: string }>(
    `UPDATE captions c SET status = 'COMPLETED', text = r.text, token_ids = r.token_ids, log_prob = r.log_prob,
            confidence = r.confidence, attempts = c.attempts + 1, error = NULL, completed_at = now()
     FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, text text, token_ids int[], log_prob float8, confidence float8)
     WHERE c.id = r.id AND c.status = 'PENDING' RETURNING c.id`,
    [JSON.stringify(rows)],
  );
  const ids = written.rows.map(({ id }) => id);
  await client.query(
    `UPDATE images i SET current_caption_id = c.id FROM captions c WHERE c.id = ANY($1::uuid[]) AND i.sha256 = c.image_sha256`,
    [ids],
  );
  return new Set(ids);
}

/** Counts a failed attempt of a PENDING caption; a final one ends it. */
export async function failCaption(
  client: ClientBase,
  id: string,
  { reason, final }: { readonly reason: string; readonly final: boolean },
): Promise<void> {
  await client.query(
    `UPDATE captions SET attempts = attempts + 1, error = $2,
            status = CASE WHEN $3::boolean THEN 'FAILED'::"CaptionStatus" ELSE status END
     WHERE id = $1 AND status = 'PENDING'`,
    [id, reason, final],
  );
}
