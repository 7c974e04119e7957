// What must be done every few minutes, by whichever worker gets to it.
import type { Services } from '../context.js';
import { eraseOldAuditEvents } from '../db/access/eraseOldAuditEvents.js';
import { noteUnusedImages } from '../db/erasure/lostImages.js';
import { eraseEmptyHotspots } from '../db/erasure/oldHistory.js';
import { vacuum } from '../db/vacuum.js';
import { purgeImages } from '../ingest/purgeImages.js';
import { sweepReports } from '../reports/sweepReports.js';
import { closeLeftImports } from './closeLeftImports.js';
import { eraseOld } from './eraseOld.js';
import { reconcile } from './reconcile.js';
import type { JobKind } from './runQueue.js';
import { FOLDERS, sweepMedia } from './sweepMedia.js';
import { sweepUploads } from './sweepUploads.js';

export interface MaintenanceJobDeps
  extends Pick<Services, 'config' | 'db' | 'queue' | 'events' | 'log' | 'media' | 'uploads'> {
  readonly embedderDigest: string;
}

/** Folders of the media store that one run looks at: all of them within 80 minutes. */
const SWEPT = 16;

/** The maintenance queue's work. */
export function maintenanceJob(deps: MaintenanceJobDeps): JobKind<'maintenance'> {
  const { config, db, queue, log, media, embedderDigest } = deps;
  const { pool } = db;
  let folder = 0;
  return {
    name: 'maintenance',
    capacity: 1,
    pollMs: 2000,
    async run() {
      await reconcile({ pool, queue, log, embedderDigest });
      await closeLeftImports(deps);
      const postsLeft = await eraseOld(deps, config.retention);
      const audit = await eraseOldAuditEvents(pool, config.auditDays);
      if (audit.events > 0) log.info({ auditEvents: audit.events }, 'erased what the audit no longer keeps');
      await eraseEmptyHotspots(pool);
      await noteUnusedImages(pool);
      await sweepMedia({ pool, media: media.store, log }, { from: folder, count: SWEPT });
      folder = (folder + SWEPT) % FOLDERS;
      await sweepUploads(deps);
      const { failed } = await purgeImages({ pool, media: media.store });
      if (failed.length > 0) log.error({ failed: failed.slice(0, 10) }, 'pictures cannot be deleted');
      await sweepReports({ pool, config });
      await vacuum(db);
      if (postsLeft || audit.left) await queue.add('maintenance', [{ data: {}, key: 'maintenance' }]);
    },
  };
}
