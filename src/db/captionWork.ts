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

/** Writes the result of a PENDING caption and makes it the image's current one; false where it was settled before. */
export async function completeCaption(client: ClientBase, id: string, result: CaptionResult): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE captions SET status = 'COMPLETED', text = $2, token_ids = $3, log_prob = $4, confidence = $5,
            attempts = attempts + 1, error = NULL, completed_at = now()
     WHERE id = $1 AND status = 'PENDING'`,
    // A byte-level tokenizer can produce NUL, which PostgreSQL's text cannot hold.
    [id, result.caption.replaceAll('\0', '\ufffd'), [...result.tokenIds], result.logProb, result.confidence],
  );
  if (rowCount !== 1) return false;
  await client.query(
    `UPDATE images i SET current_caption_id = c.id FROM captions c WHERE c.id = $1 AND i.sha256 = c.image_sha256`,
    [id],
  );
  return true;
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
