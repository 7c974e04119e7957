// Brings rows and jobs together again: what the tables say is to be done has a job, and what was given up says so.
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { returnJobs } from '../db/settleJob.js';
import { deadLetterQueue, QUEUES, type Queue, type QueueName } from './queue.js';

/** Jobs re-enqueued per statement. */
const CHUNK = 5000;

/**
 * Puts back the jobs that a killed process left running; one that a process died at too often is given up, so that a picture
 * that kills its process does not do so for ever. Only for the embedded database, which one process owns: on PostgreSQL
 * another worker may be at them, and their heartbeat tells.
 */
export async function returnLeftJobs({ pool, queue }: { readonly pool: Pool; readonly queue: Queue }): Promise<void> {
  for (const name of QUEUES) {
    const { rows } = await pool.query<{ id: string; spent: boolean }>(
      `SELECT id::text, retry_count >= retry_limit AS spent FROM pgboss.job WHERE name = $1 AND state = 'active'`,
      [name],
    );
    const spent = rows.filter((row) => row.spent).map(({ id }) => id);
    if (spent.length > 0) await queue.boss.fail(name, spent, WORKER_DIED);
    const left = rows.filter((row) => !row.spent).map(({ id }) => id);
    if (left.length > 0) await returnJobs(pool, name, left, { counted: true });
  }
}

/** What the dead letter of such a job says. */
const WORKER_DIED = { kind: 'WORKER', reason: 'given up: the worker died at it again and again' };

export interface ReconcileDeps {
  readonly pool: Pool;
  readonly queue: Queue;
  readonly log: Logger;
  /** Captions without a vector of this embedder get one: after a change of the embedder, all of them do, bit by bit. */
  readonly embedderDigest: string;
}

/**
 * Safe to run at any time and in many processes: jobs are keyed by their row. Rows whose job is a dead letter (its
 * worker died too often to say anything) fail with that reason; PENDING rows without a job get one.
 */
export async function reconcile({ pool, queue, log, embedderDigest }: ReconcileDeps): Promise<void> {
  const given = await failDeadLetters(pool);
  const imports = await pendingWithoutJob(pool, {
    queue: 'import',
    rows: `SELECT id::text AS key FROM imports
           WHERE status = 'RUNNING' AND upload_id IS NOT NULL AND started_at < now() - interval '5 seconds'`,
  });
  const captions = await pendingWithoutJob(pool, {
    queue: 'caption',
    rows: `SELECT id::text AS key FROM captions WHERE status = 'PENDING' AND created_at < now() - interval '5 seconds'`,
  });
  const fetches = await pendingWithoutJob(pool, {
    queue: 'fetch',
    rows: `SELECT id::text AS key FROM post_images WHERE status = 'PENDING' AND created_at < now() - interval '5 seconds'`,
  });
  const embeds = await pendingWithoutJob(pool, {
    queue: 'embed',
    rows: `SELECT i.sha256::text AS key FROM images i JOIN captions c ON c.id = i.current_caption_id
           WHERE btrim(c.text) <> '' AND NOT EXISTS (SELECT FROM embeddings v WHERE v.image_sha256 = i.sha256 AND v.kind = 'CAPTION' AND v.model_digest = $3)
             AND c.completed_at < now() - interval '5 seconds'`,
    parameters: [embedderDigest],
  });
  const reports = await pendingWithoutJob(pool, {
    queue: 'report',
    rows: `SELECT id::text AS key FROM report_runs WHERE status = 'WAITING' AND created_at < now() - interval '5 seconds'`,
  });
  await queue.add(
    'report',
    reports.map((key) => ({ key, data: { runId: key } })),
  );
  await queue.add(
    'import',
    imports.map((key) => ({ key, data: { importId: key } })),
  );
  await queue.add(
    'caption',
    captions.map((key) => ({ key, data: { captionId: key } })),
  );
  await queue.add(
    'fetch',
    fetches.map((key) => ({ key, data: { postImageId: key } })),
  );
  await queue.add(
    'embed',
    embeds.map((key) => ({ key, data: { imageSha256: key } })),
  );
  const found = {
    failed: given,
    imports: imports.length,
    captions: captions.length,
    fetches: fetches.length,
    embeds: embeds.length,
    reports: reports.length,
  };
  if (Object.values(found).some((count) => count > 0)) log.info(found, 'rows and jobs reconciled');
}

/** Keys of `rows` (SQL, whose own parameters begin at $3) that no waiting or running job of the queue has. A dead letter counts as one: it was given up. */
async function pendingWithoutJob(
  pool: Pool,
  {
    queue,
    rows,
    parameters = [],
  }: { readonly queue: QueueName; readonly rows: string; readonly parameters?: readonly string[] },
): Promise<string[]> {
  const result = await pool.query<{ key: string }>(
    `SELECT key FROM (${rows}) r WHERE NOT EXISTS (
       SELECT FROM pgboss.job j WHERE j.singleton_key = r.key
         AND ((j.name = $1 AND j.state < 'completed') OR (j.name = $2 AND j.state = 'created')))
     LIMIT ${CHUNK}`,
    [queue, deadLetterQueue(queue), ...parameters],
  );
  return result.rows.map(({ key }) => key);
}

/** Rows fail whose job ended in the dead letter queue without anyone to write the reason. */
async function failDeadLetters(pool: Pool): Promise<number> {
  const { reason } = WORKER_DIED;
  const imports = await pool.query(
    `UPDATE imports i SET status = 'FAILED', error = coalesce(i.error, $1), finished_at = now() FROM pgboss.job j
     WHERE i.status = 'RUNNING' AND j.name = $2 AND j.state = 'created' AND j.singleton_key = i.id::text
       AND NOT EXISTS (SELECT FROM pgboss.job l WHERE l.name = 'import' AND l.state < 'completed' AND l.singleton_key = i.id::text)`,
    [reason, deadLetterQueue('import')],
  );
  const captions = await pool.query(
    `UPDATE captions c SET status = 'FAILED', error = coalesce(c.error, $1) FROM pgboss.job j
     WHERE c.status = 'PENDING' AND j.name = $2 AND j.state = 'created' AND j.singleton_key = c.id::text
       AND NOT EXISTS (SELECT FROM pgboss.job l WHERE l.name = 'caption' AND l.state < 'completed' AND l.singleton_key = c.id::text)`,
    [reason, deadLetterQueue('caption')],
  );
  const fetches = await pool.query(
    `UPDATE post_images pi SET status = 'FAILED', error = coalesce(pi.error, $1) FROM pgboss.job j
     WHERE pi.status = 'PENDING' AND j.name = $2 AND j.state = 'created' AND j.singleton_key = pi.id::text
       AND NOT EXISTS (SELECT FROM pgboss.job l WHERE l.name = 'fetch' AND l.state < 'completed' AND l.singleton_key = pi.id::text)`,
    [reason, deadLetterQueue('fetch')],
  );
  const reports = await pool.query(
    `UPDATE report_runs r SET status = 'FAILED', error = coalesce(r.error, $1), finished_at = now() FROM pgboss.job j
     WHERE r.status = 'WAITING' AND j.name = $2 AND j.state = 'created' AND j.singleton_key = r.id::text
       AND NOT EXISTS (SELECT FROM pgboss.job l WHERE l.name = 'report' AND l.state < 'completed' AND l.singleton_key = r.id::text)`,
    [reason, deadLetterQueue('report')],
  );
  return [imports, captions, fetches, reports].reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0);
}
