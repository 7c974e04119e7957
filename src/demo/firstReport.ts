// The report of the drawn city that is ready within its first minutes, and comes each morning from then on.
import type { Services } from '../context.js';
import { insertReportRun } from '../db/reports/reportRuns.js';
import { insertReport, reportsCount } from '../db/reports/reports.js';
import { withTransaction } from '../db/withTransaction.js';
import { newRun } from '../reports/makeRun.js';
import { nextDue } from '../reports/schedule.js';

const SCHEDULE = { cron: '0 7 * * *', timeZone: 'UTC' };

/** Makes the report, and its first run for the city's time `at` (ms); not where there is one already. */
export async function firstReport({ db, queue }: Pick<Services, 'db' | 'queue'>, at: number): Promise<void> {
  if ((await reportsCount(db.pool)) > 0) return;
  const report = {
    name: 'The city this morning',
    question: { filter: {}, window: { last: 'DAY' as const }, grouping: 'NONE' as const },
    ...SCHEDULE,
    formats: ['HTML' as const, 'PDF' as const, 'JSON' as const],
    destinations: [],
    enabled: true,
    nextRunAt: nextDue(SCHEDULE, new Date()),
  };
  await withTransaction(db.pool, async (client) => {
    const id = await insertReport(client, report);
    const run = await insertReportRun(client, newRun({ id, ...report }, { dueAt: new Date(at), missed: 0 }));
    if (run !== null) await queue.add('report', [{ data: { runId: run }, key: run }], client);
  });
  queue.wake('report');
}
