// Reports as they were made: the archive.
import type { ClientBase, Pool } from 'pg';
import type { ReportFindings } from '../../reports/hotspotReport/findings.js';
import type { ReportQuestion } from '../../reports/hotspotReport/question.js';
import type { ReportFormat, ReportRunStatus } from '../generated/client.js';
import { uuidv7 } from '../uuidv7.js';

export interface ReportRunRow {
  readonly id: string;
  /** Null: made by hand, or its report was deleted. */
  readonly reportId: string | null;
  readonly name: string;
  readonly question: ReportQuestion;
  readonly timeZone: string;
  readonly formats: readonly ReportFormat[];
  readonly dueAt: Date;
  readonly missed: number;
  readonly since: Date;
  readonly until: Date;
  readonly status: ReportRunStatus;
  readonly findings: ReportFindings | null;
  /** Its files are of one generation; another one begins where something that it shows is deleted. */
  readonly generation: number;
  readonly error: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

const COLUMNS = `r.id::text, r.report_id::text AS "reportId", r.name, r.question, r.time_zone AS "timeZone", r.formats::text[], r.due_at AS "dueAt",
  r.missed, r.since, r.until, r.status, r.findings, r.generation, r.error, r.created_at AS "createdAt", r.finished_at AS "finishedAt"`;

/** At most `limit`, the newest first, behind a place; of one report where its id is given. */
export async function reportRunsPage(
  pool: Pool,
  {
    limit,
    after,
    reportId,
  }: {
    readonly limit: number;
    readonly after?: { readonly at: Date; readonly id: string } | undefined;
    readonly reportId?: string | undefined;
  },
): Promise<{ readonly rows: ReportRunRow[]; readonly more: boolean }> {
  const { rows } = await pool.query<ReportRunRow>(
    `SELECT ${COLUMNS} FROM report_runs r WHERE ($1::timestamptz IS NULL OR (r.created_at, r.id) < ($1, $2::uuid))
       AND ($4::uuid IS NULL OR r.report_id = $4) ORDER BY r.created_at DESC, r.id DESC LIMIT $3`,
    [after?.at ?? null, after?.id ?? null, limit + 1, reportId ?? null],
  );
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

export async function reportRunsCount(pool: Pool, reportId?: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM report_runs WHERE $1::uuid IS NULL OR report_id = $1',
    [reportId ?? null],
  );
  return rows[0]!.count;
}

/** Of each of these reports the newest; those without one are left out. */
export async function newestRunsOfReports(pool: Pool, reportIds: readonly string[]): Promise<ReportRunRow[]> {
  const { rows } = await pool.query<ReportRunRow>(
    `SELECT DISTINCT ON (r.report_id) ${COLUMNS} FROM report_runs r WHERE r.report_id = ANY($1::uuid[]) ORDER BY r.report_id, r.created_at DESC, r.id DESC`,
    [reportIds],
  );
  return rows;
}

/** Null: there is none. */
export async function reportRunById(db: Pool | ClientBase, id: string): Promise<ReportRunRow | null> {
  const { rows } = await db.query<ReportRunRow>(`SELECT ${COLUMNS} FROM report_runs r WHERE r.id = $1`, [id]);
  return rows[0] ?? null;
}

export type NewRun = Pick<
  ReportRunRow,
  'reportId' | 'name' | 'question' | 'timeZone' | 'formats' | 'dueAt' | 'missed' | 'since' | 'until'
>;

/** Resolves to its id; null: this report has a run for this time already. */
export async function insertReportRun(client: ClientBase, run: NewRun): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO report_runs (id, report_id, name, question, time_zone, formats, due_at, missed, since, until)
     VALUES ($1, $2, $3, $4, $5, $6::"ReportFormat"[], $7, $8, $9, $10) ON CONFLICT (report_id, due_at) DO NOTHING RETURNING id::text`,
    [
      uuidv7(),
      run.reportId,
      run.name,
      JSON.stringify(run.question),
      run.timeZone,
      run.formats,
      run.dueAt,
      run.missed,
      run.since,
      run.until,
    ],
  );
  return rows[0]?.id ?? null;
}

/** Writes what a waiting run found; false: it was made before, or is gone. */
export async function completeReportRun(
  client: ClientBase,
  id: string,
  { findings, shows }: { readonly findings: ReportFindings; readonly shows: readonly string[] },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE report_runs SET status = 'COMPLETED', findings = $2, shows = $3::text[], error = NULL, finished_at = now()
     WHERE id = $1 AND status = 'WAITING'`,
    [id, JSON.stringify(findings), shows],
  );
  return rowCount === 1;
}

/** Where a run goes, as its report says now; nowhere where that was deleted. */
export async function destinationsOfRun(client: ClientBase, id: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ destinations: string[] }>(
    'SELECT r.destinations::text[] FROM report_runs u JOIN reports r ON r.id = u.report_id WHERE u.id = $1',
    [id],
  );
  return rows[0]?.destinations ?? [];
}

/** Notes why a run could not be made; a final reason ends it. */
export async function failReportRun(
  client: ClientBase,
  id: string,
  { reason, final }: { readonly reason: string; readonly final: boolean },
): Promise<void> {
  await client.query(
    `UPDATE report_runs SET error = $2, status = CASE WHEN $3::boolean THEN 'FAILED'::"ReportRunStatus" ELSE status END,
       finished_at = CASE WHEN $3::boolean THEN now() END WHERE id = $1 AND status = 'WAITING'`,
    [id, reason, final],
  );
}

/**
 * Begins another generation of the runs that show one of these (ids of posts and hotspots, hashes of pictures): what was written of the
 * one before is out of date. Resolves to the runs.
 */
export async function renewReportRuns(client: ClientBase, shown: readonly string[]): Promise<readonly string[]> {
  if (shown.length === 0) return [];
  const { rows } = await client.query<{ id: string }>(
    'UPDATE report_runs SET generation = generation + 1 WHERE shows && $1::text[] RETURNING id::text',
    [shown],
  );
  return rows.map(({ id }) => id);
}

/** The generation of each of these runs; those that are gone are left out. */
export async function generationsOfRuns(pool: Pool, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ id: string; generation: number }>(
    'SELECT id::text, generation FROM report_runs WHERE id = ANY($1::uuid[])',
    [ids],
  );
  return new Map(rows.map(({ id, generation }) => [id, generation]));
}
