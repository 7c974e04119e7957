// Who changed what, when: written by mutations, and asked for.
import type { ClientBase, Pool } from 'pg';
import type { AuditEvent, AuditOutcome } from '../generated/client.js';
import { uuidv7 } from '../uuidv7.js';

export type AuditEventRow = AuditEvent;

export interface NewAuditEvent {
  readonly keyId: string | null;
  readonly actor: string;
  readonly action: string;
  readonly target: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly outcome: AuditOutcome;
  readonly reason: string | null;
  readonly requestId: string;
}

export interface AuditFilter {
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly keyId?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly target?: string | undefined;
  readonly outcome?: AuditOutcome | undefined;
}

export interface AuditPlace {
  readonly at: Date;
  readonly id: string;
}

/** Adds an event; `before` and `after` are bounded and without secrets already (boundedJson). */
export async function insertAuditEvent(db: Pool | ClientBase, event: NewAuditEvent): Promise<void> {
  const { keyId, actor, action, target, before, after, outcome, reason, requestId } = event;
  await db.query(
    `INSERT INTO audit_events (id, key_id, actor, action, target, before, after, outcome, reason, request_id)
     VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8, $9, $10)`,
    [uuidv7(), keyId, actor, action, target, json(before), json(after), outcome, reason, requestId],
  );
}

function json(value: unknown): string | null {
  return value == null ? null : JSON.stringify(value);
}

const MATCHES = `($1::timestamptz IS NULL OR at >= $1) AND ($2::timestamptz IS NULL OR at < $2) AND ($3::uuid IS NULL OR key_id = $3)
  AND ($4::text IS NULL OR actor = $4) AND ($5::text IS NULL OR action = $5) AND ($6::text IS NULL OR target = $6)
  AND ($7::"AuditOutcome" IS NULL OR outcome = $7)`;

function values({ since, until, keyId, actor, action, target, outcome }: AuditFilter): unknown[] {
  return [since, until, keyId, actor, action, target, outcome].map((value) => value ?? null);
}

/** At most `limit` events behind `after`, newest first. */
export async function auditEventsPage(
  pool: Pool,
  {
    limit,
    after,
    filter,
  }: { readonly limit: number; readonly after?: AuditPlace | undefined; readonly filter: AuditFilter },
): Promise<{ readonly rows: AuditEventRow[]; readonly more: boolean }> {
  const { rows } = await pool.query<AuditEventRow>(
    `SELECT id, at, key_id AS "keyId", actor, action, target, before, after, outcome, reason, request_id AS "requestId"
     FROM audit_events WHERE ${MATCHES} AND ($8::timestamptz IS NULL OR (at, id) < ($8, $9::uuid))
     ORDER BY at DESC, id DESC LIMIT $10`,
    [...values(filter), after?.at ?? null, after?.id ?? null, limit + 1],
  );
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

export async function auditEventsCount(pool: Pool, filter: AuditFilter): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM audit_events WHERE ${MATCHES}`,
    values(filter),
  );
  return rows[0]!.count;
}
