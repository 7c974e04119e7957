// Hotspots: what many posts have in common that is unusual, from when it emerged to when it ended.

import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  Float,
  ID,
  InputType,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';
import type { Context } from '../context.js';
import { hotspotPosts } from '../db/hotspots/hotspotContents.js';
import { type HotspotEventsFilter, hotspotEventsCount, hotspotEventsPage } from '../db/hotspots/hotspotEvents.js';
import { relatedHotspots } from '../db/hotspots/hotspotLineage.js';
import type { HotspotRow } from '../db/hotspots/hotspotRow.js';
import { type HotspotOrder, type HotspotsFilter, hotspotsCount, hotspotsPage } from '../db/hotspots/hotspotsPage.js';
import {
  connection,
  connectionType,
  ForwardArgs,
  listLength,
  pageRequest,
  readCursor,
  writeCursor,
} from './connection.js';
import { eventCursor, eventPlace, HotspotEventConnection } from './hotspotEvent.js';
import { hotspotIdOf } from './ids.js';
import { Image } from './image.js';
import { PostConnection, postCursor, postPlace } from './post.js';
import { GraphQLInstant } from './scalars.js';

const STATES = { LIVING: 'LIVING', ENDED: 'ENDED', MERGED: 'MERGED' } as const;
registerEnumType(STATES, {
  name: 'HotspotState',
  description: 'Where a hotspot is in its life.',
  valuesConfig: {
    LIVING: { description: 'Posts are still surely of it.' },
    ENDED: { description: 'None were for ten hours. If it comes again, the new one names it as its earlier life.' },
    MERGED: { description: 'It became part of another.' },
  },
});
const ORDERS: Record<HotspotOrder, HotspotOrder> = {
  TRENDING: 'TRENDING',
  PEAK: 'PEAK',
  NEWEST: 'NEWEST',
  LARGEST: 'LARGEST',
};
registerEnumType(ORDERS, {
  name: 'HotspotOrder',
  description: 'How hotspots are listed; pinned ones come first in each.',
  valuesConfig: {
    TRENDING: { description: 'The most unusual now first.' },
    PEAK: { description: 'The most unusual at its height first: for a look back.' },
    NEWEST: { description: 'The last that emerged first.' },
    LARGEST: { description: 'Most posts first.' },
  },
});

@InputType({ description: 'A span of time in which hotspots have lived.' })
class HotspotWindow {
  @Field(() => GraphQLInstant, { nullable: true, description: 'Only those that had not ended before.' })
  from?: Date | null;

  @Field(() => GraphQLInstant, { nullable: true, description: 'Only those that had emerged by then.' })
  to?: Date | null;
}

@ArgsType()
class HotspotsArgs extends ForwardArgs {
  @Field(() => HotspotWindow, { nullable: true, description: 'When they lived; at any time where it is not given.' })
  window?: HotspotWindow | null;

  @Field(() => [STATES], { nullable: true, description: 'Only those in one of these states (default: LIVING).' })
  state?: (keyof typeof STATES)[] | null;

  @Field(() => ORDERS, { defaultValue: 'TRENDING', description: 'How they are listed.' })
  orderBy!: HotspotOrder;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Only those in the list of trending hotspots (true), or not in it (false).',
  })
  trending?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Only muted ones (true), or not those (false, the default).' })
  muted?: boolean | null;
}

@ObjectType({
  description:
    'Posts that belong together and are more than usual: a topic with a life of its own. Its id lasts. Time is that of the posts.',
})
export class Hotspot {
  @Field(() => ID, { description: 'Lasts.' })
  id!: string;

  @Field(() => STATES, { description: 'Where it is in its life.' })
  state!: keyof typeof STATES;

  @Field(() => String, { description: 'The name that a person gave it, or the title that was found.' })
  title!: string;

  @Field(() => String, { description: 'The title that was found.' })
  foundTitle!: string;

  @Field(() => [String], {
    description: 'Words and phrases that tell it from everything else, the most telling first.',
  })
  keywords!: string[];

  @Field(() => GraphQLInstant, { description: 'When it was found.' })
  emergedAt!: Date;

  @Field(() => GraphQLInstant, { nullable: true, description: 'When it ended, or became part of another.' })
  endedAt!: Date | null;

  @Field(() => Float, { description: 'How unusual it is: see `why`.' })
  score!: number;

  @Field(() => Int, { nullable: true, description: 'Place in the list of trending hotspots, from 0; null: not in it.' })
  rank!: number | null;

  @Field(() => Boolean, { description: 'A person wants it on top.' })
  pinned!: boolean;

  @Field(() => Boolean, { description: 'A person does not want to see it.' })
  muted!: boolean;
}

const HotspotConnection = connectionType('Hotspot', Hotspot);

@Resolver(() => Hotspot)
export class HotspotResolver {
  @Query(() => HotspotConnection, {
    description: 'The hotspots, the living ones by how unusual they are where nothing else is asked for.',
  })
  async hotspots(@Args(() => HotspotsArgs) args: HotspotsArgs, @Ctx() { services }: Context) {
    const { pool } = services.db;
    const { orderBy: order } = args;
    const list = `hotspots-${order.toLowerCase()}`;
    const parse = readCursor(list, /^-?[\d.e+]{1,40} h\d{1,12}$/);
    const page = pageRequest(args, (cursor) => {
      const [key, id] = parse(cursor);
      return { key: Number(key), id: id! };
    });
    const filter: HotspotsFilter = {
      states: args.state ?? ['LIVING'],
      trending: args.trending ?? undefined,
      muted: args.muted ?? false,
      from: args.window?.from ?? undefined,
      to: args.window?.to ?? undefined,
    };
    return connection(await hotspotsPage(pool, { ...page, filter, order }), {
      page,
      cursorOf: (row) => writeCursor(list, row.key, row.id),
      count: () => hotspotsCount(pool, filter),
    });
  }

  @Query(() => Hotspot, { nullable: true, description: 'One hotspot, or null where there never was one.' })
  hotspot(@Arg('id', () => ID, { description: 'As `hotspots` gives it.' }) id: string, @Ctx() { loaders }: Context) {
    return loaders.hotspot.load(hotspotIdOf(id));
  }

  @FieldResolver(() => Int, { description: 'Its posts.' })
  async postCount(@Root() { id }: HotspotRow, @Ctx() { loaders }: Context) {
    return (await loaders.countsOfHotspot.load(id))?.posts ?? 0;
  }

  @FieldResolver(() => Int, { description: 'Distinct authors of its posts.' })
  async authorCount(@Root() { id }: HotspotRow, @Ctx() { loaders }: Context) {
    return (await loaders.countsOfHotspot.load(id))?.authors ?? 0;
  }

  @FieldResolver(() => GraphQLInstant, { nullable: true, description: 'Its oldest post; null where all were deleted.' })
  async firstPostAt(@Root() { id }: HotspotRow, @Ctx() { loaders }: Context) {
    return (await loaders.countsOfHotspot.load(id))?.firstPostAt ?? null;
  }

  @FieldResolver(() => GraphQLInstant, { nullable: true, description: 'Its newest post; null where all were deleted.' })
  async lastPostAt(@Root() { id }: HotspotRow, @Ctx() { loaders }: Context) {
    return (await loaders.countsOfHotspot.load(id))?.lastPostAt ?? null;
  }

  @FieldResolver(() => Hotspot, { nullable: true, description: 'Its earlier life.' })
  earlier(@Root() { earlierId }: HotspotRow, @Ctx() { loaders }: Context) {
    return earlierId === null ? null : loaders.hotspot.load(earlierId);
  }

  @FieldResolver(() => Hotspot, { nullable: true, description: 'What it came out of.' })
  splitFrom(@Root() { splitFromId }: HotspotRow, @Ctx() { loaders }: Context) {
    return splitFromId === null ? null : loaders.hotspot.load(splitFromId);
  }

  @FieldResolver(() => Hotspot, { nullable: true, description: 'What it became part of.' })
  mergedInto(@Root() { mergedIntoId }: HotspotRow, @Ctx() { loaders }: Context) {
    return mergedIntoId === null ? null : loaders.hotspot.load(mergedIntoId);
  }

  @FieldResolver(() => [Hotspot], { description: 'Its later lives.' })
  async later(@Root() { id }: HotspotRow, @Ctx() { loaders }: Context) {
    return (await loaders.kinOfHotspot.load(id)).filter(({ kind }) => kind === 'LATER');
  }

  @FieldResolver(() => [Hotspot], { description: 'What became part of it.' })
  async parts(@Root() { id }: HotspotRow, @Ctx() { loaders }: Context) {
    return (await loaders.kinOfHotspot.load(id)).filter(({ kind }) => kind === 'PART');
  }

  @FieldResolver(() => [Hotspot], { description: 'What came out of it.' })
  async branches(@Root() { id }: HotspotRow, @Ctx() { loaders }: Context) {
    return (await loaders.kinOfHotspot.load(id)).filter(({ kind }) => kind === 'BRANCH');
  }

  @FieldResolver(() => [Hotspot], {
    description: 'Hotspots whose authors are its authors too, those that share the most first; as of its last change.',
  })
  async related(
    @Root() { id }: HotspotRow,
    @Arg('first', () => Int, { defaultValue: 5, description: 'At most so many, 1 to 100.' }) first: number,
    @Ctx() { loaders, services }: Context,
  ) {
    const limit = listLength('first', first);
    const related = await loaders.remembered(`related ${limit}`, id, () =>
      relatedHotspots(services.db.pool, { hotspotId: id, limit }),
    );
    return (await Promise.all(related.map((other) => loaders.hotspot.load(other)))).filter((one) => one !== null);
  }

  @FieldResolver(() => HotspotEventConnection, { description: 'Its history, the newest first.' })
  async events(@Root() { id }: HotspotRow, @Args(() => ForwardArgs) args: ForwardArgs, @Ctx() { services }: Context) {
    const { pool } = services.db;
    const page = pageRequest(args, eventPlace);
    const filter: HotspotEventsFilter = { hotspotId: id };
    return connection(await hotspotEventsPage(pool, { ...page, filter }), {
      page,
      cursorOf: eventCursor,
      count: () => hotspotEventsCount(pool, filter),
    });
  }

  @FieldResolver(() => [Image], {
    description: 'Its pictures, the most typical first; of those that are much the same one.',
  })
  images(
    @Root() { id }: HotspotRow,
    @Arg('first', () => Int, { defaultValue: 10, description: 'At most so many, 1 to 100.' }) first: number,
    @Ctx() { loaders }: Context,
  ) {
    return loaders.imagesOfHotspot.load({ id, first: listLength('first', first) });
  }

  @FieldResolver(() => PostConnection, { description: 'Its posts, the newest first.' })
  async posts(
    @Root() { id }: HotspotRow,
    @Args(() => ForwardArgs) args: ForwardArgs,
    @Ctx() { services, loaders }: Context,
  ) {
    const page = pageRequest(args, postPlace);
    return connection(await hotspotPosts(services.db.pool, { hotspotId: id, ...page }), {
      page,
      cursorOf: ({ listedAt, id }) => postCursor({ postedAt: listedAt, id }),
      count: async () => (await loaders.countsOfHotspot.load(id))?.posts ?? 0,
    });
  }
}
