// Reports: those that are due get a run, and a run is made.
import type { Services } from '../context.js';
import { queueDeliveries } from '../db/deliver/queueDeliveries.js';
import { destinationsOfRun, failReportRun, reportRunById } from '../db/reports/reportRuns.js';
import { fileOfRun } from '../reports/archive.js';
import { makeRun, queueDueReports } from '../reports/makeRun.js';
import { DELIVER } from './queue.js';
import type { JobKind } from './runQueue.js';

type ReportJobDeps = Pick<Services, 'config' | 'db' | 'queue' | 'log' | 'media' | 'publicUrl'>;

/** The report queue's work. Every minute somebody looks at the schedules. */
export function reportJob({ config, db, queue, log, media, publicUrl }: ReportJobDeps): JobKind<'report'> {
  const { pool } = db;
  return {
    name: 'report',
    capacity: 1,
    pollMs: 2000,
    async run({ runId }) {
      if (runId === undefined) {
        const now = new Date();
        const runs = await queueDueReports(pool, {
          now,
          added: (client, id) => queue.add('report', [{ data: { runId: id }, key: id }], client),
        });
        if (runs > 0) queue.wake('report');
        return;
      }
      const run = await reportRunById(pool, runId);
      // Deleted, or made by a job before this one that did not come to say so.
      if (run === null || run.status !== 'WAITING') return;
      await makeRun({ pool, config }, run, async (client) => {
        const destinationIds = await destinationsOfRun(client, runId);
        const queued = await queueDeliveries(client, [{ kind: 'REPORT', subjectId: runId, destinationIds }]);
        if (queued > 0) await queue.add('deliver', [DELIVER], client);
      });
      queue.wake('deliver');
      log.info({ run: runId, report: run.reportId, dueAt: run.dueAt, missed: run.missed }, 'a report is made');
      // The files are written now, so that whoever opens the first one need not wait.
      const archive = { pool, config, media: media.store, baseUrl: publicUrl() };
      for (const format of run.formats) await fileOfRun(archive, { id: runId, format });
    },
    async failed(client, { runId }, failure) {
      if (runId !== undefined) await failReportRun(client, runId, failure);
    },
  };
}
