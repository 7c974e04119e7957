// Which jobs were given up, and why?
import type { ClientBase, Pool } from 'pg';
import type { FailureKind } from '../errors.js';
import { likePattern } from './likePattern.js';

export interface DeadLetter {
  readonly id: string;
  readonly queue: string;
  /** What it was about, without the record of its failures and who asked for it. */
  readonly data: Record<string, unknown>;
  /** Of its last failure. */
  readonly kind: FailureKind;
  readonly reason: string | null;
  readonly firstReason: string | null;
  readonly firstFailedAt: Date | null;
  /** How often it was started. */
  readonly attempts: number;
  readonly createdAt: Date;
}

/** All of these must hold; what is left out holds for all. */
export interface DeadLetterFilter {
  readonly ids?: readonly string[] | undefined;
  readonly kind?: FailureKind | undefined;
  readonly queue?: string | undefined;
  /** Words that the last reason holds, in any case. */
  readonly reason?: string | undefined;
  /** Given up at this time or later. */
  readonly since?: Date | undefined;
  /** Given up before this time. */
  readonly until?: Date | undefined;
}

export interface DeadLettersAsked {
  /** Queues whose dead letters are meant. */
  readonly names: readonly string[];
  readonly filter: DeadLetterFilter;
}

/** The newest first. */
export async function deadLetters(
  pool: Pool,
  { names, filter, limit }: DeadLettersAsked & { readonly limit: number },
): Promise<DeadLetter[]> {
  const { where, values } = conditions(names, filter);
  const { rows } = await pool.query<DeadLetter>(
    `SELECT id::text, source_name AS queue, data - 'failures' - 'cause' AS data, ${KIND} AS kind, ${REASON} AS reason,
            coalesce(data #>> '{failures,first,reason}', ${REASON}) AS "firstReason",
            (data #>> '{failures,first,at}')::timestamptz AS "firstFailedAt",
            coalesce(source_retry_count, 0) + 1 AS attempts, created_on AS "createdAt"
     FROM pgboss.job WHERE ${where} ORDER BY created_on DESC, id LIMIT $${values.length + 1}`,
    [...values, limit],
  );
  return rows;
}

/** How many there are. */
export async function countDeadLetters(pool: Pool, { names, filter }: DeadLettersAsked): Promise<number> {
  const { where, values } = conditions(names, filter);
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pgboss.job WHERE ${where}`,
    values,
  );
  return rows[0]!.count;
}

export interface TakenDeadLetter {
  readonly queue: string;
  readonly key: string;
  readonly data: Record<string, unknown>;
}

/** Removes the oldest ones in the caller's transaction, at most `limit`; what another transaction is taking is left to it. */
export async function takeDeadLetters(
  client: ClientBase,
  { names, filter, limit }: DeadLettersAsked & { readonly limit: number },
): Promise<TakenDeadLetter[]> {
  const { where, values } = conditions(names, filter);
  const { rows } = await client.query<TakenDeadLetter>(
    `WITH taken AS (
       SELECT name, id FROM pgboss.job WHERE ${where} ORDER BY created_on, id LIMIT $${values.length + 1} FOR UPDATE SKIP LOCKED)
     DELETE FROM pgboss.job j USING taken WHERE j.name = taken.name AND j.id = taken.id
     RETURNING j.source_name AS queue, coalesce(j.singleton_key, '') AS key, j.data - 'failures' AS data`,
    [...values, limit],
  );
  return rows;
}

/** A job whose worker died says nothing of itself. */
const KIND = `coalesce(source_output ->> 'kind', 'WORKER')`;
const REASON = `coalesce(source_output ->> 'reason', source_output #>> '{value,message}')`;

function conditions(names: readonly string[], { ids, kind, queue, reason, since, until }: DeadLetterFilter) {
  const values: unknown[] = [names.map((name) => `${name}.dead`)];
  const parts = ['name = ANY($1::text[])', `state = 'created'`];
  const add = (value: unknown, condition: (place: string) => string) => {
    if (value === undefined) return;
    values.push(value);
    parts.push(condition(`$${values.length}`));
  };
  add(ids, (place) => `id = ANY(${place}::uuid[])`);
  add(kind, (place) => `${KIND} = ${place}`);
  add(queue, (place) => `source_name = ${place}`);
  add(reason === undefined ? undefined : likePattern(reason), (place) => `${REASON} ILIKE ${place}`);
  add(since, (place) => `created_on >= ${place}`);
  add(until, (place) => `created_on < ${place}`);
  return { where: parts.join(' AND '), values };
}
