// Posts in, by GraphQL.
import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Context } from '../context.js';
import type { Import as ImportRecord } from '../db/generated/client.js';
import { API_ORIGIN } from '../db/importRecord.js';
import { AppError } from '../errors.js';
import type { ImportRow } from '../ingest/importRow.js';
import { ingestPosts } from '../ingest/ingestPosts.js';
import { enqueueWork } from '../jobs/enqueueWork.js';
import { watchImport } from '../jobs/watchImport.js';
import { Changes } from './changes.js';
import { Import, ImportRejection } from './import.js';
import { GraphQLInstant, GraphQLJSON } from './scalars.js';

/** Posts of one call: they are in memory together. Files of any length come in by `hotlens ingest`. */
const MAX_POSTS = 1000;

@InputType({ description: 'A picture of a post: its address or its bytes.' })
export class PostImageInput {
  @Field(() => String, {
    nullable: true,
    description: 'Public http(s) address that the server fetches it from, later.',
  })
  url?: string | null;

  @Field(() => String, { nullable: true, description: 'The bytes of the file in base64.' })
  base64?: string | null;

  @Field(() => String, { nullable: true, description: 'Description given by who posted it.' })
  alt?: string | null;
}

@InputType({ description: 'A post. `source` and `id` identify it: a known one is updated.' })
export class PostInput {
  @Field(() => String, { description: 'Where it comes from, such as `bluesky`.' })
  source!: string;

  @Field(() => ID, { description: 'Its id at the source.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Who published it.' })
  author?: string | null;

  @Field(() => String, { nullable: true, description: 'What it says; needed where it has no picture.' })
  text?: string | null;

  @Field(() => String, { nullable: true, description: 'BCP 47 tag of the language.' })
  language?: string | null;

  @Field(() => GraphQLInstant, { description: 'When it was published.' })
  postedAt!: Date;

  @Field(() => String, { nullable: true, description: 'Its http(s) address.' })
  url?: string | null;

  @Field(() => Int, { nullable: true, description: 'Likes so far.' })
  likes?: number | null;

  @Field(() => Int, { nullable: true, description: 'Reposts so far.' })
  reposts?: number | null;

  @Field(() => Int, { nullable: true, description: 'Replies so far.' })
  replies?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Its pictures are not for everybody’s eyes.' })
  sensitive?: boolean | null;

  @Field(() => [PostImageInput], {
    nullable: true,
    description: 'Its pictures in their order; left out, a known post keeps those it has.',
  })
  images?: readonly PostImageInput[] | null;
}

@ObjectType({ description: 'What became of the posts that were given.' })
export class IngestResult {
  @Field(() => Import, { description: 'The record of this call.' })
  import!: ImportRecord;

  @Field(() => Int, { description: 'Posts that were new.' })
  accepted!: number;

  @Field(() => Int, { description: 'Posts that were there already.' })
  updated!: number;

  @Field(() => Int, { description: 'Rows that could not be used.' })
  rejected!: number;

  @Field(() => Int, { description: 'Rows that said that a post was deleted: it is, known or not.' })
  deleted!: number;

  @Field(() => [ImportRejection], { description: 'Why not, for each of the first 100 of them.' })
  rejections!: readonly ImportRejection[];
}

@Resolver(() => IngestResult)
export class IngestPostsResolver {
  @Mutation(() => IngestResult, {
    description: `Takes posts in, at most ${MAX_POSTS} at once: give \`posts\` or \`rows\`. A row that cannot be used is rejected by itself. Safe to repeat.`,
  })
  // Every batch of posts is a transaction of its own, and the import's record says how far they came.
  @Changes<unknown, IngestResult>({
    by: 'ANALYST',
    target: (_args, result) => result?.import.id,
    told: (_args, { accepted, updated, rejected }) => ({ accepted, updated, rejected }),
    afterwards: true,
    repeatable: true,
  })
  async ingestPosts(
    @Arg('posts', () => [PostInput], { nullable: true, description: "Posts in the API's own terms." }) posts:
      | readonly PostInput[]
      | null,
    @Arg('rows', () => [GraphQLJSON], {
      nullable: true,
      description: 'Posts as JSON objects under the names that the lines of a file may have, kept as `raw`.',
    })
    rows: readonly unknown[] | null,
    @Ctx() { services, deadline: { signal } }: Context,
  ): Promise<IngestResult> {
    const given = posts ?? rows;
    if ((posts == null) === (rows == null) || given == null) {
      throw new AppError('BAD_USER_INPUT', 'give posts or rows, one of them');
    }
    if (given.length > MAX_POSTS) {
      throw new AppError('BAD_USER_INPUT', `expected at most ${MAX_POSTS} posts, got ${given.length}`);
    }
    const { db, queue, plan, media, config, admission } = services;
    const { media: limits, retention } = config;
    const deps = { db, media: media.store, limits, retention, enqueue: enqueueWork(queue, plan) };
    const extent = { unit: 'ROWS', total: given.length } as const;
    const options = { origin: API_ORIGIN, signal, extent, report: watchImport(services) };
    const summary = await admission.admit(() => ingestPosts(deps, inOrder(given), options));
    queue.wake('fetch');
    queue.wake('caption');
    const record = await db.prisma.import.findUniqueOrThrow({ where: { id: summary.importId } });
    return { ...summary, import: record };
  }
}

async function* inOrder(values: readonly unknown[]): AsyncGenerator<ImportRow> {
  for (const [place, value] of values.entries()) yield { place, value };
}
