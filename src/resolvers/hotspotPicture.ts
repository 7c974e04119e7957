// The pictures of a hotspot: all of them, page by page.
import {
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  Int,
  ObjectType,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';
import type { Context } from '../context.js';
import { type HotspotPictureRow, hotspotPictures } from '../db/hotspots/hotspotPictures.js';
import type { HotspotRow } from '../db/hotspots/hotspotRow.js';
import type { HotspotPictureOrder } from '../db/hotspots/pictureList.js';
import { AppError } from '../errors.js';
import { ForwardArgs, PageInfo, pageRequest, readCursor, writeCursor } from './connection.js';
import { Hotspot } from './hotspot.js';
import { Image } from './image.js';
import { GraphQLInstant } from './scalars.js';

const ORDERS: Record<HotspotPictureOrder, HotspotPictureOrder> = { NEWEST: 'NEWEST', MOST_POSTED: 'MOST_POSTED' };
registerEnumType(ORDERS, {
  name: 'HotspotPictureOrder',
  description: 'How the pictures of a hotspot are listed.',
  valuesConfig: {
    NEWEST: { description: 'The one that was posted last first.' },
    MOST_POSTED: { description: 'The one that most posts show first.' },
  },
});

@ObjectType({ description: 'A picture that posts of a hotspot show.' })
export class HotspotPicture {
  @Field(() => Image, { description: 'The picture.' })
  image!: Image;

  @Field(() => Int, { description: 'Posts of the hotspot that show it; one that shows it twice counts twice.' })
  postCount!: number;

  @Field(() => GraphQLInstant, { description: 'When the newest of them was published.' })
  lastPostAt!: Date;
}

@ObjectType({ description: 'One place of a list of HotspotPicture.' })
export class HotspotPictureEdge {
  @Field(() => HotspotPicture, { description: 'What is listed.' })
  node!: HotspotPicture;

  @Field(() => String, {
    description: 'Marks this place for `after`: the next page is of the list as it was for this one.',
  })
  cursor!: string;
}

@ObjectType({ description: 'A page of a hotspot’s pictures.' })
export class HotspotPictureConnection {
  @Field(() => [HotspotPictureEdge], { description: 'The pictures of the page, each with its cursor.' })
  edges!: HotspotPictureEdge[];

  @Field(() => [HotspotPicture], { description: 'The nodes of `edges`.' })
  nodes!: HotspotPicture[];

  @Field(() => PageInfo, { description: 'Where the page lies in the list.' })
  pageInfo!: PageInfo;

  @Field(() => GraphQLInstant, {
    nullable: true,
    description: 'When, in the time of the posts, the list was as it is here: to ask for other parts of it by `asOf`.',
  })
  asOf!: Date | null;

  readonly count!: () => Promise<number>;

  @Field(() => Int, { description: 'Length of the whole list.' })
  totalCount(): Promise<number> {
    return this.count();
  }
}

@ArgsType()
class PicturesArgs extends ForwardArgs {
  @Field(() => Int, {
    defaultValue: 0,
    description: 'Leave out so many first: to look into the middle of a long list.',
  })
  skip!: number;

  @Field(() => ORDERS, { defaultValue: 'NEWEST', description: 'How they are listed.' })
  orderBy!: HotspotPictureOrder;

  @Field(() => GraphQLInstant, {
    nullable: true,
    description:
      'As the list was at this time of the posts, so that it stays the same while posts come: of the posts that are still there.',
  })
  asOf?: Date | null;
}

@Resolver(() => Hotspot)
export class PicturesOfHotspotResolver {
  @FieldResolver(() => HotspotPictureConnection, {
    description: 'All pictures that its posts show, each once; `images` has the most typical ones.',
  })
  async pictures(
    @Root() { id }: HotspotRow,
    @Args(() => PicturesArgs) args: PicturesArgs,
    @Ctx() { services, loaders }: Context,
  ): Promise<Omit<HotspotPictureConnection, 'totalCount'>> {
    const { skip, orderBy: order } = args;
    if (skip < 0) throw new AppError('BAD_USER_INPUT', `skip: expected 0 or more, got ${skip}`);
    const list = `pictures-${order.toLowerCase()}`;
    const { limit, after } = pageRequest(args, (cursor) => placeOf(list, cursor));
    const asOf = after?.asOf ?? args.asOf ?? undefined;
    const of = { hotspotId: id, order, asOf, stamp: await loaders.stampOfHotspot.load(id) };
    const { rows, more } = await hotspotPictures(services.db.pool, { ...of, limit, after, skip });
    const edges = rows.map((row) => ({ node: nodeOf(row), cursor: cursorOf(list, row) }));
    return {
      edges,
      nodes: edges.map(({ node }) => node),
      pageInfo: {
        hasNextPage: more,
        hasPreviousPage: after !== undefined || skip > 0,
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
      asOf: rows[0]?.asOf ?? asOf ?? null,
      count: async () =>
        (rows[0] ?? (await hotspotPictures(services.db.pool, { ...of, limit: 1 })).rows[0])?.total ?? 0,
    };
  }
}

function nodeOf({ posts, lastPostAt, total: _, asOf: __, ...image }: HotspotPictureRow): HotspotPicture {
  return { image, postCount: posts, lastPostAt };
}

function cursorOf(list: string, { asOf, posts, lastPostAt, sha256 }: HotspotPictureRow): string {
  return writeCursor(list, asOf.getTime(), posts, lastPostAt.getTime(), sha256);
}

function placeOf(list: string, cursor: string) {
  const [asOf, posts, lastPostAt, sha256] = readCursor(list, /^-?\d{1,16} \d{1,9} -?\d{1,16} [0-9a-f]{64}$/)(cursor);
  return {
    asOf: new Date(Number(asOf)),
    posts: Number(posts),
    lastPostAt: new Date(Number(lastPostAt)),
    sha256: sha256!,
  };
}
