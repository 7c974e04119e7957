// Jobs that were given up are tried anew: their rows are PENDING again, in the transaction that brings their jobs back.
import type { ClientBase } from 'pg';
import { type DeadLetterFilter, type TakenDeadLetter, takeDeadLetters } from '../db/deadLetters.js';
import { type JobData, QUEUES, type Queue, type QueueName } from './queue.js';

/** Takes at most `limit` dead letters, the oldest first; resolves to how many jobs are waiting now, by queue. Call `wake` for these. */
export async function retryFailed(
  { client, queue }: { readonly client: ClientBase; readonly queue: Queue },
  filter: DeadLetterFilter,
  limit: number,
): Promise<ReadonlyMap<QueueName, number>> {
  const taken = await takeDeadLetters(client, { names: QUEUES, filter, limit });
  const counts = new Map<QueueName, number>();
  for (const name of QUEUES) {
    const letters = await withRow(
      client,
      name,
      taken.filter((letter) => letter.queue === name),
    );
    if (letters.length === 0) continue;
    const jobs = letters.map(({ key, data }) => ({ key, data: data as unknown as JobData[typeof name] }));
    await queue.add(name, jobs, client);
    counts.set(name, letters.length);
  }
  return counts;
}

interface Row {
  /** What the job calls it. */
  readonly field: string;
  readonly table: string;
  /** Lets it be to be done. */
  readonly again: string;
  readonly done: string;
}

const PENDING = `status = 'PENDING', attempts = 0`;
/** Of the queues whose jobs are for a row of a table. */
const ROWS: Partial<Record<QueueName, Row>> = {
  import: { field: 'importId', table: 'imports', again: `status = 'RUNNING', finished_at = NULL`, done: 'COMPLETED' },
  caption: { field: 'captionId', table: 'captions', again: PENDING, done: 'COMPLETED' },
  fetch: { field: 'postImageId', table: 'post_images', again: PENDING, done: 'STORED' },
  report: { field: 'runId', table: 'report_runs', again: `status = 'WAITING', finished_at = NULL`, done: 'COMPLETED' },
};

/** Those that there is still something to do for, with their rows PENDING: a post may have been deleted since, or done otherwise. */
async function withRow(
  client: ClientBase,
  name: QueueName,
  letters: readonly TakenDeadLetter[],
): Promise<TakenDeadLetter[]> {
  if (letters.length === 0) return [];
  const row = ROWS[name];
  // Nothing but the job knows of the others: an image whose caption row is still to be made, a vector, a pass of detection.
  const known = letters.filter(({ data }) => row !== undefined && typeof data[row.field] === 'string');
  const others = letters.filter((letter) => !known.includes(letter));
  if (row === undefined || known.length === 0) return others;
  const { field, table, again, done } = row;
  const { rows } = await client.query<{ id: string }>(
    `UPDATE ${table} SET ${again}, error = NULL WHERE id = ANY($1::uuid[]) AND status <> '${done}' RETURNING id`,
    [known.map(({ data }) => data[field])],
  );
  const pending = new Set(rows.map(({ id }) => id));
  return [...others, ...known.filter(({ data }) => pending.has(data[field] as string))];
}
