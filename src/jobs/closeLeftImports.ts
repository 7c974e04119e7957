// Imports whose process was killed, or could not say any more how they ended: their records say so, and those who watch them learn it.
import type { Services } from '../context.js';
import { failLeftImports } from '../db/importRecord.js';

/** Safe to run at any time and in many processes: each record is closed once, and told of once. */
export async function closeLeftImports({ db, events, log }: Pick<Services, 'db' | 'events' | 'log'>): Promise<void> {
  const left = await failLeftImports(db.pool);
  if (left.length > 0)
    log.warn({ imports: left.map(({ importId }) => importId) }, 'imports were left by their process');
  for (const { importId, origin, ...counts } of left) {
    const progress = { importId, origin, state: 'FAILED', ...counts, unit: null, done: null, total: null } as const;
    await events.publish({ type: 'importProgress', ...progress });
  }
}
