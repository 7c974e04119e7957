// Every mutation leaves an event: in its own transaction where it has one, else right after.
import { setTimeout } from 'node:timers/promises';
import type { GraphQLFieldResolver } from 'graphql';
import type { ClientBase, Pool } from 'pg';
import { boundedJson, boundedText } from '../access/boundedJson.js';
import type { Context } from '../context.js';
import { insertAuditEvent } from '../db/access/auditEvents.js';
import { type TransactionWatch, transactionWatch } from '../db/withTransaction.js';
import { unlessAborted } from '../deadline.js';
import { AppError } from '../errors.js';
import type { Change } from './changes.js';
import { orRetryLater } from './orRetryLater.js';

/** Longest that the answer of a mutation that failed waits for its event. */
const FAILURE_WAIT_MS = 1000;
const UNWRITTEN = 'cannot write the audit event of a mutation';

type Args = Record<string, unknown>;
type Resolver = GraphQLFieldResolver<unknown, Context, Args>;
type Outcome =
  | { readonly outcome: 'DONE'; readonly done: unknown }
  | { readonly outcome: 'FAILED' | 'DENIED'; readonly why: unknown };

/** The mutation with its event. What can't be written fails the mutation, and with it what it did, if it did that in a transaction. */
export function audited(action: string, change: Change<Args, unknown>, resolve: Resolver): Resolver {
  return async (root, args, context, info) => {
    const { pool } = context.services.db;
    const { deadline } = context;
    // Mutations of one request run one after the other, each with all that is asked for below it.
    deadline.repeatable = change.repeatable ?? false;
    const write = (db: Pool | ClientBase, result: Outcome, before: unknown, after: unknown) =>
      insertAuditEvent(db, {
        keyId: context.caller.keyId,
        actor: context.caller.name,
        action,
        target: targetOf(change, args, result),
        before: boundedJson(before),
        after: boundedJson(after),
        outcome: result.outcome,
        reason: result.outcome === 'DONE' ? null : reasonOf(result.why),
        requestId: context.requestId,
      });
    const stateOf = async (db: Pool | ClientBase) => change.state?.(db, args) ?? null;
    const afterOf = (db: Pool | ClientBase, done: unknown) => change.told?.(args, done) ?? stateOf(db);

    let entered = false;
    let written = false;
    const watch: TransactionWatch = {
      async around(client, work) {
        // Of several transactions the first has the event; jobs that it wakes have transactions of their own.
        if (entered || written) return work();
        entered = true;
        try {
          const before = await stateOf(client);
          const done = await work();
          await write(client, { outcome: 'DONE', done }, before, await afterOf(client, done));
          return done;
        } catch (error) {
          // It is rolled back, and its event with it: a second try has its own.
          entered = false;
          throw error;
        }
      },
      committed() {
        written ||= entered;
      },
    };
    const mutate = async () => resolve(root, args, context, info);
    try {
      const before = change.afterwards ? await stateOf(pool) : null;
      const answer = await (change.afterwards ? mutate() : transactionWatch.run(watch, mutate));
      if (!written) {
        written = true;
        const event = (async () =>
          write(pool, { outcome: 'DONE', done: answer }, before, await afterOf(pool, answer)))();
        event.catch((failure: unknown) => {
          if (deadline.signal.aborted) context.log.error({ err: failure, action }, UNWRITTEN);
        });
        // A database that falls silent here must not hold the answer for ever; the event follows when it speaks.
        await orRetryLater(unlessAborted(event, deadline.signal), context);
      }
      return answer;
    } catch (error) {
      // An error that comes after the commit undoes nothing: the event says what was done.
      if (!written) {
        written = true;
        const outcome = error instanceof AppError && error.code === 'FORBIDDEN' ? 'DENIED' : 'FAILED';
        const event = write(pool, { outcome, why: error }, null, null).catch((failure: unknown) => {
          context.log.error({ err: failure, action }, UNWRITTEN);
        });
        // A database that is stuck is often why it failed: the client is told all the same, and the event follows.
        await Promise.race([event, setTimeout(FAILURE_WAIT_MS, undefined, { ref: false })]);
      }
      throw error;
    }
  };
}

function targetOf(change: Change<Args, unknown>, args: Args, result: Outcome): string | null {
  const target = change.target?.(args, result.outcome === 'DONE' ? result.done : undefined);
  return typeof target === 'string' ? boundedText(target, 200) : null;
}

/** What went wrong inside is in the log under the request's id. */
function reasonOf(why: unknown): string {
  return why instanceof AppError ? boundedText(`${why.code}: ${why.message}`, 500) : 'INTERNAL';
}
