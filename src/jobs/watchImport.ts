// What this process takes in is counted, and told to those who watch the import.
import type { Services } from '../context.js';
import { type Report, reportSometimes } from '../ingest/importProgress.js';

const OUTCOMES = ['accepted', 'updated', 'rejected', 'deleted'] as const;

/** For one import. */
export function watchImport({ events, telemetry }: Pick<Services, 'events' | 'telemetry'>): Report {
  const counted = { accepted: 0, updated: 0, rejected: 0, deleted: 0 };
  const tell = reportSometimes((progress) => events.publish({ type: 'importProgress', ...progress }));
  return (progress) => {
    for (const outcome of OUTCOMES) {
      telemetry.metrics.count('hotlens_posts_total', { outcome }, progress[outcome] - counted[outcome]);
      counted[outcome] = progress[outcome];
    }
    return tell(progress);
  };
}
