// Admission by the configuration's limits, over the queues of the jobs that posts bring.
import { mkdirSync } from 'node:fs';
import type { Pool } from 'pg';
import type { Config } from '../config.js';
import { type Admission, createAdmission } from '../ingest/admission.js';
import { QUEUES } from './queue.js';

/** An upload that waits brings nothing yet; and one that is being read must not wait for itself. */
const BROUGHT = QUEUES.filter((name) => name !== 'import');

/** Makes the data directory where there is none: its disk is asked for its room. */
export function openAdmission(pool: Pool, { dataDir, ingest }: Pick<Config, 'dataDir' | 'ingest'>): Admission {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return createAdmission({ pool, folder: dataDir, queues: BROUGHT, ...ingest });
}
