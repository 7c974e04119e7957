// Runs of reports: those that are due get one, and one is made.
import type { ClientBase, Pool } from 'pg';
import type { Config } from '../config.js';
import { completeReportRun, insertReportRun, type NewRun, type ReportRunRow } from '../db/reports/reportRuns.js';
import { setNextRun, takeDueReports } from '../db/reports/reports.js';
import { withTransaction } from '../db/withTransaction.js';
import { findReport } from './hotspotReport/findReport.js';
import { windowOf } from './hotspotReport/question.js';
import { dueNow, nextDue } from './schedule.js';

/**
 * Writes a run for every report that is due, in one transaction with its next time: whichever process comes first does so, and the key
 * (report, due time) keeps a second one away whatever happens. `added` puts the job beside it.
 */
export async function queueDueReports(
  pool: Pool,
  { now, added }: { readonly now: Date; readonly added: (client: ClientBase, runId: string) => Promise<void> },
): Promise<number> {
  return withTransaction(pool, async (client) => {
    let runs = 0;
    for (const report of await takeDueReports(client, now)) {
      const schedule = { cron: report.cron!, timeZone: report.timeZone };
      const { dueAt, missed } = dueNow(schedule, { since: report.nextRunAt!, now });
      const runId = await insertReportRun(client, newRun(report, { dueAt, missed }));
      if (runId !== null) {
        await added(client, runId);
        runs += 1;
      }
      await setNextRun(client, report.id, nextDue(schedule, now));
    }
    return runs;
  });
}

/** The run of a report for a time; its window ends there where the question does not name one. */
export function newRun(
  {
    id,
    name,
    question,
    timeZone,
    formats,
  }: Pick<ReportRunRow, 'name' | 'question' | 'timeZone' | 'formats'> & { readonly id: string | null },
  { dueAt, missed }: { readonly dueAt: Date; readonly missed: number },
): NewRun {
  return { reportId: id, name, question, timeZone, formats, dueAt, missed, ...windowOf(question, dueAt) };
}

/** Asks what a run is to say and keeps it. `finished` is called in the same transaction, once for each run. */
export async function makeRun(
  { pool, config }: { readonly pool: Pool; readonly config: Pick<Config, 'detection'> },
  run: ReportRunRow,
  finished: (client: ClientBase) => Promise<void>,
): Promise<void> {
  // The database's JSON knows no dates.
  const window = { since: run.since, until: run.until };
  const findings = await findReport({ pool, config, question: run.question, window });
  const { hotspots, unions } = findings;
  const shows = new Set([
    ...hotspots.flatMap(({ id, mergedIntoId, evidence }) => [
      id,
      ...(mergedIntoId === null ? [] : [mergedIntoId]),
      ...evidence.flatMap(({ postId, sha256 }) => (sha256 === null ? [postId] : [postId, sha256])),
    ]),
    ...unions.flatMap(({ hotspotId, otherId }) => [hotspotId, otherId]),
  ]);
  await withTransaction(pool, async (client) => {
    if (await completeReportRun(client, run.id, { findings, shows: [...shows] })) await finished(client);
  });
}
