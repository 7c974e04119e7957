// What the audit keeps of an image that is gone: that its caption was edited, by whom and when, and no longer the words.
import type { ClientBase } from 'pg';

/** Takes what was there before and after out of the events about these images. */
export async function forgetAuditedWords(client: ClientBase, sha256s: readonly string[]): Promise<void> {
  await client.query(
    `UPDATE audit_events SET before = NULL, after = NULL
     WHERE target = ANY($1::text[]) AND (before IS NOT NULL OR after IS NOT NULL)`,
    [sha256s],
  );
}
