// What this process takes in is counted, and told to those who watch the import.
import type { Services } from '../context.js';
import type { ImportCounts } from '../db/importRecord.js';
import { type Report, reportSometimes } from '../ingest/importProgress.js';

const OUTCOMES = ['accepted', 'updated', 'rejected', 'deleted'] as const;

const NOTHING: ImportCounts = { accepted: 0, updated: 0, rejected: 0, deleted: 0 };

/** For one import; `before`: what was taken in of it earlier, which is not counted again. */
export function watchImport(
  { events, telemetry }: Pick<Services, 'events' | 'telemetry'>,
  before: ImportCounts = NOTHING,
): Report {
  const { accepted, updated, rejected, deleted } = before;
  const counted = { accepted, updated, rejected, deleted };
  const tell = reportSometimes((progress) => events.publish({ type: 'importProgress', ...progress }));
  return (progress) => {
    for (const outcome of OUTCOMES) {
      telemetry.metrics.count('hotlens_posts_total', { outcome }, progress[outcome] - counted[outcome]);
      counted[outcome] = progress[outcome];
    }
    return tell(progress);
  };
}
