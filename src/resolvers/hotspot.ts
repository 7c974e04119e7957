// Hotspots: what many pictures of the last day have in common.
import { Arg, Args, Ctx, Field, FieldResolver, ID, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.js';
import { type HotspotRow, hotspotById, hotspotsCount, hotspotsPage } from '../db/hotspotRow.js';
import {
  connection,
  connectionType,
  ForwardArgs,
  listLength,
  pageRequest,
  readCursor,
  writeCursor,
} from './connection.js';
import { uuidOf } from './ids.js';
import { Image } from './image.js';
import { Post } from './post.js';
import { GraphQLInstant } from './scalars.js';

@ObjectType({
  description:
    'Pictures of the last 24 hours whose captions are alike, and the posts that show them. Time is that of the posts: the window ends at the newest captioned one. Found anew with every clustering: ids do not last.',
})
export class Hotspot {
  @Field(() => ID, { description: 'Lasts as long as its clustering: three are kept.' })
  id!: string;

  @Field(() => Int, { description: 'Place by number of posts, from 0.' })
  rank!: number;

  @Field(() => String, { description: 'The caption that has the most others near it.' })
  title!: string;

  @Field(() => Int, { description: 'Posts of the window that show one of its pictures.' })
  postCount!: number;

  @Field(() => Int, { description: 'Distinct authors of these posts.' })
  authorCount!: number;

  @Field(() => GraphQLInstant, { description: 'The oldest of these posts.' })
  firstPostAt!: Date;

  @Field(() => GraphQLInstant, { description: 'The newest of these posts.' })
  lastPostAt!: Date;

  @Field(() => GraphQLInstant, { description: 'Posts after this moment were looked at.' })
  windowStart!: Date;

  @Field(() => GraphQLInstant, { description: 'Posts up to this moment were looked at.' })
  windowEnd!: Date;
}

const HotspotConnection = connectionType('Hotspot', Hotspot);

@Resolver(() => Hotspot)
export class HotspotResolver {
  @Query(() => HotspotConnection, { description: 'The hotspots of the newest clustering, most posts first.' })
  async hotspots(@Args(() => ForwardArgs) args: ForwardArgs, @Ctx() { services }: Context) {
    const { pool } = services.db;
    const page = pageRequest(args, hotspotPlace);
    return connection(await hotspotsPage(pool, page), {
      page,
      cursorOf: (row) => writeCursor('hotspots', row.rank, row.runId),
      count: () => hotspotsCount(pool, page.after?.runId ?? null),
    });
  }

  @Query(() => Hotspot, { nullable: true, description: 'One hotspot, or null where there is none (any more).' })
  hotspot(@Arg('id', () => ID, { description: 'As `hotspots` gives it.' }) id: string, @Ctx() { services }: Context) {
    return hotspotById(services.db.pool, uuidOf(id));
  }

  @FieldResolver(() => [Image], { description: 'Its pictures, the most typical first.' })
  images(
    @Root() hotspot: HotspotRow,
    @Arg('first', () => Int, { defaultValue: 10, description: 'At most so many, 1 to 100.' }) first: number,
    @Ctx() { loaders }: Context,
  ) {
    return loaders.imagesOfHotspot.load({ id: hotspot.id, first: listLength('first', first) });
  }

  @FieldResolver(() => [Post], { description: 'Its posts, newest first.' })
  posts(
    @Root() hotspot: HotspotRow,
    @Arg('first', () => Int, { defaultValue: 10, description: 'At most so many, 1 to 100.' }) first: number,
    @Ctx() { loaders }: Context,
  ) {
    return loaders.postsOfHotspot.load({ id: hotspot.id, first: listLength('first', first) });
  }
}

const parseCursor = readCursor('hotspots', /^\d{1,9} [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** Behind a cursor the same clustering goes on, although a newer one may be there. */
function hotspotPlace(cursor: string) {
  const [rank, runId] = parseCursor(cursor);
  return { rank: Number(rank), runId: runId! };
}
