// Reports that are made at the times of a schedule: the questions, and when each is due.
import type { ClientBase, Pool } from 'pg';
import type { ReportQuestion } from '../../reports/hotspotReport/question.js';
import type { Report } from '../generated/client.js';
import { uuidv7 } from '../uuidv7.js';

export type ReportRow = Omit<Report, 'question'> & { readonly question: ReportQuestion };

export type ReportValues = Pick<
  ReportRow,
  'name' | 'question' | 'cron' | 'timeZone' | 'formats' | 'destinations' | 'enabled' | 'nextRunAt'
>;

const COLUMNS = `r.id::text, r.name, r.question, r.cron, r.time_zone AS "timeZone", r.formats::text[], r.destinations::text[], r.enabled,
  r.next_run_at AS "nextRunAt", r.created_at AS "createdAt", r.updated_at AS "updatedAt"`;

/** At most `limit`, the newest first, behind a place. */
export async function reportsPage(
  pool: Pool,
  { limit, after }: { readonly limit: number; readonly after?: { readonly at: Date; readonly id: string } | undefined },
): Promise<{ readonly rows: ReportRow[]; readonly more: boolean }> {
  const { rows } = await pool.query<ReportRow>(
    `SELECT ${COLUMNS} FROM reports r WHERE $1::timestamptz IS NULL OR (r.created_at, r.id) < ($1, $2::uuid)
     ORDER BY r.created_at DESC, r.id DESC LIMIT $3`,
    [after?.at ?? null, after?.id ?? null, limit + 1],
  );
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

export async function reportsCount(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('SELECT count(*)::int AS count FROM reports');
  return rows[0]!.count;
}

/** Null: there is none. `lock`: nobody else changes it until the transaction ends. */
export async function reportById(
  db: Pool | ClientBase,
  id: string,
  { lock = false }: { readonly lock?: boolean } = {},
): Promise<ReportRow | null> {
  const { rows } = await db.query<ReportRow>(
    `SELECT ${COLUMNS} FROM reports r WHERE r.id = $1${lock ? ' FOR UPDATE' : ''}`,
    [id],
  );
  return rows[0] ?? null;
}

export async function insertReport(client: ClientBase, values: ReportValues): Promise<string> {
  const id = uuidv7();
  await client.query(
    `INSERT INTO reports (id, name, question, cron, time_zone, formats, destinations, enabled, next_run_at)
     VALUES ($1, $2, $3, $4, $5, $6::"ReportFormat"[], $7::uuid[], $8, $9)`,
    [id, ...valuesOf(values)],
  );
  return id;
}

export async function updateReport(client: ClientBase, id: string, values: ReportValues): Promise<void> {
  await client.query(
    `UPDATE reports SET name = $2, question = $3, cron = $4, time_zone = $5, formats = $6::"ReportFormat"[], destinations = $7::uuid[],
       enabled = $8, next_run_at = $9, updated_at = now() WHERE id = $1`,
    [id, ...valuesOf(values)],
  );
}

function valuesOf({
  name,
  question,
  cron,
  timeZone,
  formats,
  destinations,
  enabled,
  nextRunAt,
}: ReportValues): unknown[] {
  return [name, JSON.stringify(question), cron, timeZone, formats, destinations, enabled, nextRunAt];
}

/** Resolves to whether there was one; what was made of it stays in the archive. */
export async function deleteReport(client: ClientBase, id: string): Promise<boolean> {
  const { rowCount } = await client.query('DELETE FROM reports WHERE id = $1', [id]);
  return rowCount === 1;
}

/** Those that are due at `now`, each for this transaction alone: another process that looks meanwhile passes them over. */
export async function takeDueReports(client: ClientBase, now: Date): Promise<ReportRow[]> {
  const { rows } = await client.query<ReportRow>(
    `SELECT ${COLUMNS} FROM reports r WHERE r.enabled AND r.cron IS NOT NULL AND r.next_run_at <= $1 ORDER BY r.next_run_at FOR UPDATE SKIP LOCKED`,
    [now],
  );
  return rows;
}

export async function setNextRun(client: ClientBase, id: string, nextRunAt: Date | null): Promise<void> {
  await client.query('UPDATE reports SET next_run_at = $2 WHERE id = $1', [id, nextRunAt]);
}
