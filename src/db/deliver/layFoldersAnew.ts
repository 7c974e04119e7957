// What was laid in a folder of ours can be taken back; what went elsewhere can't.
import type { ClientBase } from 'pg';
import type { DeliveryKind } from '../generated/client.js';

/**
 * Lets messages about these be made and laid anew, in the place of what lies there; whoever is just laying one down has been overtaken then
 * (claimDelivery.ts). Resolves to how many: add a job of `deliver`.
 */
export async function layFoldersAnew(
  client: ClientBase,
  kind: DeliveryKind,
  subjectIds: readonly string[],
): Promise<number> {
  if (subjectIds.length === 0) return 0;
  const { rowCount } = await client.query(
    `UPDATE deliveries d SET status = 'WAITING', next_attempt_at = now(), error = NULL,
       attempts = CASE WHEN d.status = 'WAITING' THEN d.attempts + 1 ELSE 0 END
     FROM destinations t WHERE t.id = d.destination_id AND t.kind = 'FOLDER' AND d.kind = $1::"DeliveryKind"
       AND d.subject_id = ANY($2::uuid[]) AND (d.status <> 'WAITING' OR d.attempts > 0)`,
    [kind, subjectIds],
  );
  return rowCount ?? 0;
}
