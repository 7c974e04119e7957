// Posts out, for good; and the way back for whoever brings them in anew.
import { Arg, Ctx, Field, ID, Int, Mutation, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import type { Context } from '../context.js';
import { postsOfAuthor } from '../db/erasure/postsToErase.js';
import {
  forgetTombstones,
  type PostIdentity,
  postKeys,
  type TombstoneRow,
  tombstonesOf,
} from '../db/erasure/tombstones.js';
import { withTransaction } from '../db/withTransaction.js';
import { AppError } from '../errors.js';
import { postIdentity } from '../ingest/canonicalPost.js';
import { deletePosts } from '../jobs/deletePosts.js';
import { Changes } from './changes.js';
import { plainText, uuidOf } from './ids.js';
import { GraphQLInstant } from './scalars.js';

/** Posts of one call: two transactions. */
const MAX_POSTS = 1000;

const REASONS = { USER: 'USER', UPSTREAM: 'UPSTREAM', RETENTION: 'RETENTION' } as const;
registerEnumType(REASONS, {
  name: 'DeletionReason',
  description: 'Why a post was deleted.',
  valuesConfig: {
    USER: { description: 'Somebody asked for it.' },
    UPSTREAM: { description: 'It was deleted where it comes from.' },
    RETENTION: { description: 'It was older than posts are kept.' },
  },
});

@ObjectType({ description: 'What was deleted.' })
export class DeletePostsResult {
  @Field(() => Int, { description: 'Posts that were there and are gone.' })
  posts!: number;

  @Field(() => Int, { description: 'Pictures that no other post shows and that are gone, bytes and all.' })
  images!: number;

  @Field(() => Int, { description: 'Posts that cannot come in again from now on, those never seen among them.' })
  tombstones!: number;

  @Field(() => Boolean, { description: 'Whether the author has more posts: call it again until it is false.' })
  more!: boolean;
}

@ObjectType({ description: 'That a post was deleted. What it was is not known any longer.' })
export class Tombstone {
  @Field(() => REASONS, { description: 'Why.' })
  reason!: TombstoneRow['reason'];

  @Field(() => GraphQLInstant, { description: 'When.' })
  deletedAt!: Date;
}

@Resolver()
export class DeletePostsResolver {
  @Mutation(() => DeletePostsResult, {
    description: `Deletes posts and all that is known through them alone, at most ${MAX_POSTS} at once: give \`ids\`, or \`source\` and \`nativeIds\`, or \`author\`, with a \`source\` or of every source. They do not come in again. Safe to repeat.`,
  })
  // Who and what it was about is not kept: the audit would remember what is to be forgotten.
  @Changes<{ readonly reason: TombstoneRow['reason'] }, DeletePostsResult>({
    by: 'ADMIN',
    told: ({ reason }, { posts, images, tombstones }) => ({ reason, posts, images, tombstones }),
    afterwards: true,
  })
  async deletePosts(
    @Arg('ids', () => [ID], { nullable: true, description: 'Posts by their ids here.' }) ids: readonly string[] | null,
    @Arg('source', () => String, { nullable: true, description: 'Where the posts come from.' }) source: string | null,
    @Arg('nativeIds', () => [ID], {
      nullable: true,
      description: 'Posts by their ids at the source, also such as have never been here.',
    })
    nativeIds: readonly string[] | null,
    @Arg('author', () => String, { nullable: true, description: 'All posts of an author.' }) author: string | null,
    @Arg('reason', () => REASONS, { defaultValue: 'USER', description: 'Why, for their tombstones.' })
    reason: TombstoneRow['reason'],
    @Ctx() { services }: Context,
  ): Promise<DeletePostsResult> {
    const given = [ids, nativeIds, author].filter((one) => one != null);
    if (given.length !== 1 || (ids != null && source != null) || (nativeIds != null && source == null)) {
      throw new AppError('BAD_USER_INPUT', 'give ids, or source and nativeIds, or author with or without source');
    }
    if (author != null) {
      const target = { source: plainText('source', source), author: plainText('author', author)! };
      const found = await postsOfAuthor(services.db.pool, { ...target, limit: MAX_POSTS + 1 });
      const deleted = await deletePosts(services, { ids: found.slice(0, MAX_POSTS), reason });
      return { ...deleted, more: found.length > MAX_POSTS };
    }
    const deletion =
      ids != null
        ? { ids: atMost('ids', ids).map(uuidOf) }
        : { identities: identities(source!, atMost('nativeIds', nativeIds!)) };
    return { ...(await deletePosts(services, { ...deletion, reason })), more: false };
  }

  @Mutation(() => Int, {
    description: `Lets deleted posts come in again, at most ${MAX_POSTS} at once; what was deleted does not come back by itself. The answer is how many of them had been deleted.`,
  })
  @Changes<{ readonly source: string }, number>({
    by: 'ADMIN',
    told: ({ source }, forgotten) => ({ source, forgotten }),
  })
  async forgetTombstones(
    @Arg('source', () => String, { description: 'Where the posts come from.' }) source: string,
    @Arg('nativeIds', () => [ID], { description: 'Their ids at the source.' }) nativeIds: readonly string[],
    @Ctx() { services }: Context,
  ): Promise<number> {
    const posts = identities(source, atMost('nativeIds', nativeIds));
    return withTransaction(services.db.pool, async (client) => {
      const keyOf = await postKeys(client);
      return forgetTombstones(client, posts.map(keyOf));
    });
  }

  @Query(() => Tombstone, { nullable: true, description: 'Whether and why a post was deleted; null: it was not.' })
  async tombstone(
    @Arg('source', () => String, { description: 'Where the post comes from.' }) source: string,
    @Arg('nativeId', () => ID, { description: 'Its id at the source.' }) nativeId: string,
    @Ctx() { services }: Context,
  ): Promise<TombstoneRow | null> {
    const { pool } = services.db;
    const [post] = identities(source, [nativeId]);
    const keyOf = await postKeys(pool);
    const [found] = await tombstonesOf(pool, [keyOf(post!)]);
    return found ?? null;
  }
}

function identities(source: string, nativeIds: readonly string[]): PostIdentity[] {
  return nativeIds.map((id) => {
    const post = postIdentity({ source, id }, { source });
    if ('reason' in post) throw new AppError('BAD_USER_INPUT', post.reason);
    return post;
  });
}

function atMost(name: string, ids: readonly string[]): readonly string[] {
  if (ids.length <= MAX_POSTS) return ids;
  throw new AppError('BAD_USER_INPUT', `${name}: expected at most ${MAX_POSTS}, got ${ids.length}`);
}
