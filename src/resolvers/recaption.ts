// Asks the present model about images again.
import type { Pool } from 'pg';
import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Context } from '../context.js';
import { imagesToRecaption } from '../db/imagesToRecaption.js';
import { withTransaction } from '../db/withTransaction.js';
import { AppError } from '../errors.js';
import { captionPlan } from '../jobs/captionPlan.js';
import { requestCaptions } from '../jobs/requestCaptions.js';
import { Changes } from './changes.js';
import { CaptionOptions, decodingOptions } from './decodingOptions.js';
import { sha256Of, uuidOf } from './ids.js';
import { PostFilter, postsFilter } from './post.js';

/** Images of one call: one transaction makes all their rows and jobs. */
const MAX_IMAGES = 10_000;

@InputType({ description: 'Which images: all that any of the fields names.' })
export class RecaptionInput {
  @Field(() => [String], { nullable: true, description: 'Images by their SHA-256.' })
  sha256s?: readonly string[] | null;

  @Field(() => [ID], { nullable: true, description: 'All images of these posts.' })
  postIds?: readonly string[] | null;

  @Field(() => PostFilter, {
    nullable: true,
    description: 'All images of the posts that it finds; an empty filter finds all.',
  })
  filter?: PostFilter | null;
}

@ObjectType({ description: 'What was asked for. Edits stay: they are shown whatever a model says.' })
export class Recaption {
  @Field(() => Int, { description: 'Images that were named and are stored.' })
  images!: number;

  @Field(() => Int, { description: 'Captions that are waiting now; the others were there already, or on their way.' })
  queued!: number;
}

@Resolver()
export class RecaptionResolver {
  @Mutation(() => Recaption, {
    description: `Captions images with the present model and these options where that was not done yet or failed, at most ${MAX_IMAGES} at once. Done before, the caption of these options becomes the current one again.`,
  })
  @Changes<unknown, { readonly created: number; readonly retried: number }>({
    by: 'ANALYST',
    told: (args, { created, retried }) => ({ asked: args, queued: created + retried }),
  })
  async recaption(
    @Arg('input', () => RecaptionInput, { description: 'Which images.' }) input: RecaptionInput,
    @Arg('options', () => CaptionOptions, { nullable: true, description: 'How to decode them.' })
    options: CaptionOptions | null,
    @Ctx() { services }: Context,
  ): Promise<Recaption> {
    const { db, queue, config } = services;
    const decoding = { ...config.captioning, ...decodingOptions(options) };
    const images = await imagesToRecaption(db.pool, await target(db.pool, input), MAX_IMAGES + 1);
    if (images.length > MAX_IMAGES) {
      throw new AppError('BAD_USER_INPUT', `more than ${MAX_IMAGES} images are meant: narrow the filter`);
    }
    const inference = await services.inference();
    const { captioner } = await inference.info();
    const { created, retried } = await withTransaction(db.pool, (client) =>
      requestCaptions({ client, queue }, images, { plan: captionPlan(captioner, decoding), again: true }),
    );
    queue.wake('caption');
    return { images: images.length, queued: created + retried };
  }
}

async function target(pool: Pool, { sha256s, postIds, filter }: RecaptionInput) {
  if (sha256s == null && postIds == null && filter == null) {
    throw new AppError('BAD_USER_INPUT', 'input: say which images, by sha256s, postIds or filter');
  }
  return {
    sha256s: sha256s?.map(sha256Of),
    postIds: postIds?.map(uuidOf),
    filter: filter == null ? undefined : await postsFilter(pool, filter),
  };
}
