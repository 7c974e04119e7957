// What the audit no longer keeps.
import type { Pool } from 'pg';

/** Events deleted at a time: the first sweep of a long history goes in several. */
const AT_ONCE = 10_000;

/** Deletes events that are older than so many days, the oldest first, a bounded number; resolves to how many, and whether more are left. */
export async function eraseOldAuditEvents(
  pool: Pool,
  days: number,
): Promise<{ readonly events: number; readonly left: boolean }> {
  const { rowCount } = await pool.query(
    `DELETE FROM audit_events WHERE id = ANY(ARRAY(
       SELECT id FROM audit_events WHERE at < now() - make_interval(days => $1) ORDER BY at, id LIMIT ${AT_ONCE}))`,
    [days],
  );
  const events = rowCount ?? 0;
  return { events, left: events === AT_ONCE };
}
