// Jobs that were given up are tried anew.
import { Arg, Ctx, ID, Int, Mutation, Resolver } from 'type-graphql';
import type { Context } from '../context.js';
import { withTransaction } from '../db/withTransaction.js';
import { AppError } from '../errors.js';
import { retryFailed } from '../jobs/retryFailed.js';
import { Changes } from './changes.js';
import { DeadLetterFilterInput, deadLetterFilter } from './deadLetter.js';
import { uuidOf } from './ids.js';

/** Dead letters of one call: one transaction brings them all back. */
const MAX_LETTERS = 10_000;

interface Meant {
  readonly ids?: readonly string[] | null;
  readonly filter?: DeadLetterFilterInput | null;
  readonly first: number;
}

@Resolver()
export class RetryFailedResolver {
  @Mutation(() => Int, {
    description: `Brings jobs of \`queue.deadLetters\` back, the oldest first, at most ${MAX_LETTERS} at once: by their ids, by a filter (an empty one finds all), or by both. The answer is how many are waiting now; where there was nothing left to do, none is.`,
  })
  @Changes<Meant, ReadonlyMap<string, number>>({
    by: 'ADMIN',
    told: ({ ids, filter, first }, queued) => ({ ids, filter, first, queued: Object.fromEntries(queued) }),
  })
  async retryFailed(
    @Arg('ids', () => [ID], { nullable: true, description: `Dead letters by their ids, at most ${MAX_LETTERS}.` })
    ids: readonly string[] | null,
    @Arg('filter', () => DeadLetterFilterInput, { nullable: true, description: 'Which of them, or of all.' })
    filter: DeadLetterFilterInput | null,
    @Arg('first', () => Int, { defaultValue: MAX_LETTERS, description: `At most so many, 1 to ${MAX_LETTERS}.` })
    first: number,
    @Ctx() { services }: Context,
  ): Promise<number> {
    if (ids == null && filter == null) throw new AppError('BAD_USER_INPUT', 'say which, by ids or filter');
    if (first < 1 || first > MAX_LETTERS)
      throw new AppError('BAD_USER_INPUT', `first: expected 1 to ${MAX_LETTERS}, got ${first}`);
    if (ids != null && ids.length > MAX_LETTERS)
      throw new AppError('BAD_USER_INPUT', `ids: expected at most ${MAX_LETTERS}, got ${ids.length}`);
    const { db, queue } = services;
    const meant = { ...deadLetterFilter(filter), ids: ids?.map(uuidOf) };
    const counts = await withTransaction(db.pool, (client) => retryFailed({ client, queue }, meant, first));
    for (const name of counts.keys()) queue.wake(name);
    return [...counts.values()].reduce((sum, count) => sum + count, 0);
  }
}
