// Posts: the object, its filters, and the queries for one and for a page of them.
import type { Pool } from 'pg';
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import type { Context } from '../context.js';
import { mapArea } from '../db/map/mapArea.js';
import type { PostRow } from '../db/postRow.js';
import { type PictureStatus, type PostsFilter, postsCount, postsPage } from '../db/postsPage.js';
import {
  type Connection,
  ConnectionArgs,
  connection,
  connectionType,
  pageRequest,
  readCursor,
  TIME_AND_ID,
  writeCursor,
} from './connection.js';
import { Hotspot } from './hotspot.js';
import { hotspotIdOf, languageTags, plainText, uuidOf } from './ids.js';
import { Opinion, opinionOfScore } from './opinion.js';
import { PICTURE_STATUSES } from './pictureStatus.js';
import { PostImage } from './postImage.js';
import { GraphQLInstant, GraphQLJSON } from './scalars.js';

@ObjectType({
  description: 'A post as its source published it. `source` and `nativeId` identify it; ingested again, it is updated.',
})
export class Post {
  @Field(() => ID, { description: 'Its id here; the source has another one, `nativeId`.' })
  id!: string;

  @Field(() => String, { description: 'Where it comes from, such as `bluesky` or the name given in an import.' })
  source!: string;

  @Field(() => String, { description: 'Its id at the source.' })
  nativeId!: string;

  @Field(() => String, { nullable: true, description: 'Name of who published it, as the source writes it.' })
  author!: string | null;

  @Field(() => String, { description: 'What it says; untrusted text. Empty where it has none.' })
  text!: string;

  @Field(() => String, { nullable: true, description: 'BCP 47 tag of the language, where the source tells.' })
  language!: string | null;

  @Field(() => String, { nullable: true, description: 'Address of the post at its source.' })
  url!: string | null;

  @Field(() => GraphQLInstant, { description: 'When the source says that it was published.' })
  postedAt!: Date;

  @Field(() => Int, { nullable: true, description: 'As of the latest ingest; null where the source does not tell.' })
  likes!: number | null;

  @Field(() => Int, { nullable: true, description: 'As of the latest ingest; null where the source does not tell.' })
  reposts!: number | null;

  @Field(() => Int, { nullable: true, description: 'As of the latest ingest; null where the source does not tell.' })
  replies!: number | null;

  @Field(() => Boolean, {
    description: 'Its source, or its author there, marks its pictures as not for everybody’s eyes: reports blur them.',
  })
  sensitive!: boolean;

  @Field(() => GraphQLJSON, { description: 'The row as it arrived; pictures given as base64 are left out.' })
  raw!: unknown;

  @Field(() => GraphQLInstant, { description: 'When it was first ingested.' })
  createdAt!: Date;

  @Field(() => GraphQLInstant, { description: 'When it was last ingested.' })
  updatedAt!: Date;
}

@InputType({ description: 'Which posts; what is left out does not matter. All that is given must hold.' })
export class PostFilter {
  @Field(() => GraphQLInstant, { nullable: true, description: 'Published at this moment or later.' })
  since?: Date | null;

  @Field(() => GraphQLInstant, { nullable: true, description: 'Published before this moment.' })
  until?: Date | null;

  @Field(() => String, { nullable: true, description: 'Exactly this source.' })
  source?: string | null;

  @Field(() => String, { nullable: true, description: 'Exactly this author.' })
  author?: string | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'In one of these languages, by BCP 47 tags in any case, at most 20; `pt` is also `pt-BR`. Posts whose source does not tell are left out.',
  })
  language?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Found as it stands in the post or in a caption that is shown, in any case, from the beginning of a word on. `searchPosts` finds more.',
  })
  text?: string | null;

  @Field(() => PICTURE_STATUSES, { nullable: true, description: 'At least one of its pictures has come this far.' })
  status?: PictureStatus | null;

  @Field(() => Boolean, { nullable: true, description: 'Has (or has not) a picture.' })
  hasImage?: boolean | null;

  @Field(() => ID, { nullable: true, description: 'Is of this hotspot.' })
  hotspotId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Has a picture within this part of the map: `LAYOUT;X,Y;X,Y;...`, the corners in turn, 3 to 200.',
  })
  area?: string | null;
}

export const PostConnection = connectionType('Post', Post);

@ArgsType()
class PostsArgs extends ConnectionArgs {
  @Field(() => PostFilter, { nullable: true, description: 'Which posts; all where it is left out.' })
  filter?: PostFilter | null;
}

/** The filter as the database takes it: without the nulls that a client may write. */
export async function postsFilter(pool: Pool, filter: PostFilter | null | undefined): Promise<PostsFilter> {
  return {
    since: filter?.since ?? undefined,
    until: filter?.until ?? undefined,
    source: plainText('source', filter?.source),
    author: plainText('author', filter?.author),
    language: filter?.language == null ? undefined : languageTags(filter.language),
    text: plainText('text', filter?.text),
    status: filter?.status ?? undefined,
    hasImage: filter?.hasImage ?? undefined,
    hotspotId: filter?.hotspotId == null ? undefined : hotspotIdOf(filter.hotspotId),
    area: filter?.area == null ? undefined : await mapArea(pool, filter.area),
  };
}

@Resolver(() => Post)
export class PostResolver {
  @Query(() => PostConnection, { description: 'Posts, newest first.' })
  async posts(@Args(() => PostsArgs) args: PostsArgs, @Ctx() { services }: Context): Promise<Connection<PostRow>> {
    const filter = await postsFilter(services.db.pool, args.filter);
    const page = pageRequest(args, postPlace);
    return connection(await postsPage(services.db.pool, { filter, ...page }), {
      page,
      cursorOf: postCursor,
      count: () => postsCount(services.db.pool, filter),
    });
  }

  @Query(() => Post, { nullable: true, description: 'One post, or null where there is none.' })
  post(
    @Arg('id', () => ID, { description: "The post's own id, not the source's." }) id: string,
    @Ctx() { loaders }: Context,
  ): Promise<PostRow | null> {
    return loaders.post.load(uuidOf(id));
  }

  @FieldResolver(() => [PostImage], { description: 'Its pictures, in their order.' })
  images(@Root() post: PostRow, @Ctx() { loaders }: Context) {
    return loaders.picturesOfPost.load(post.id);
  }

  @FieldResolver(() => Opinion, {
    nullable: true,
    description: 'What its text says of its author’s feeling; null: not looked at yet.',
  })
  async opinion(@Root() post: PostRow, @Ctx() { loaders }: Context): Promise<Opinion | null> {
    const found = await loaders.opinionOfPost.load(post.id);
    if (found === null) return null;
    return opinionOfScore(found.score);
  }

  @FieldResolver(() => Hotspot, { nullable: true, description: 'The hotspot that it is of; null: of none.' })
  async hotspot(@Root() post: PostRow, @Ctx() { loaders }: Context) {
    return (await loaders.hotspotsOfPost.load(post.id))[0] ?? null;
  }
}

const parseCursor = readCursor('posts', TIME_AND_ID);

export function postPlace(cursor: string) {
  const [time, id] = parseCursor(cursor);
  return { postedAt: new Date(Number(time)), id: id! };
}

export function postCursor({ postedAt, id }: Pick<PostRow, 'postedAt' | 'id'>): string {
  return writeCursor('posts', postedAt.getTime(), id);
}
