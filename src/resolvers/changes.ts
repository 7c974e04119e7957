// What every mutation must say of itself: who may, and what the audit keeps.
import type { ClientBase, Pool } from 'pg';
import { Extensions } from 'type-graphql';
import type { Role } from '../access/role.js';

export interface Change<Args = Record<string, unknown>, Done = unknown> {
  /** The least role that may. */
  readonly by: Role;
  /** Id of the one thing that it is about. */
  readonly target?: (args: Args, done: Done | undefined) => string | null | undefined;
  /** What is there: asked before and after, in the mutation's own transaction; one without a transaction needs `afterwards`. */
  readonly state?: (db: Pool | ClientBase, args: Args) => Promise<unknown>;
  /** What was done, in the place of a `state` after it. */
  readonly told?: (args: Args, done: Done) => unknown;
  /**
   * Whether the event waits for the mutation's answer, which is `Done` then. Otherwise it is written in the first transaction,
   * and `Done` is what that gave; without any transaction it is the answer again.
   */
  readonly afterwards?: boolean;
  /**
   * Whether giving it again does nothing twice. What the database, or its time, stops of such a one is answered with RETRY_LATER and
   * `retryAfterMs`, wherever it got stuck.
   */
  readonly repeatable?: boolean;
}

/** Makes a method a change that is audited. A mutation without it can't be built into a schema (guardSchema). */
export function Changes<Args, Done = unknown>(change: Change<Args, Done>) {
  return Extensions({ change });
}
