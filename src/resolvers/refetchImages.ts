// Pictures that could not be fetched are tried anew.
import { Arg, Ctx, ID, Int, Mutation, Resolver } from 'type-graphql';
import type { Context } from '../context.js';
import { withTransaction } from '../db/withTransaction.js';
import { AppError } from '../errors.js';
import { requestFetches } from '../jobs/requestFetches.js';
import { Changes } from './changes.js';
import { uuidOf } from './ids.js';

const MAX_POSTS = 1000;

@Resolver()
export class RefetchImagesResolver {
  @Mutation(() => Int, {
    description:
      'Fetches the pictures of posts again that could not be fetched. The answer is how many are waiting now.',
  })
  @Changes<{ readonly postIds: readonly string[] }, number>({
    by: 'ADMIN',
    told: ({ postIds }, queued) => ({ postIds, queued }),
  })
  async refetchImages(
    @Arg('postIds', () => [ID], { description: `The posts, at most ${MAX_POSTS}.` }) postIds: readonly string[],
    @Ctx() { services }: Context,
  ): Promise<number> {
    if (postIds.length > MAX_POSTS) {
      throw new AppError('BAD_USER_INPUT', `postIds: expected at most ${MAX_POSTS}, got ${postIds.length}`);
    }
    const { db, queue } = services;
    const ids = postIds.map(uuidOf);
    const count = await withTransaction(db.pool, (client) => requestFetches({ client, queue }, ids));
    queue.wake('fetch');
    return count;
  }
}
