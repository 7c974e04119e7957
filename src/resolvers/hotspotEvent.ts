// The history of hotspots.
import {
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  Float,
  ID,
  ObjectType,
  Query,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';
import type { Context } from '../context.js';
import type { HotspotEventKind } from '../db/generated/client.js';
import { type HotspotEventRow, hotspotEventsCount, hotspotEventsPage } from '../db/hotspots/hotspotEvents.js';
import {
  connection,
  connectionType,
  ForwardArgs,
  pageRequest,
  readCursor,
  TIME_AND_ID,
  writeCursor,
} from './connection.js';
import { Hotspot } from './hotspot.js';
import { hotspotIdOf } from './ids.js';
import { Post } from './post.js';
import { GraphQLInstant } from './scalars.js';

const KINDS: Record<HotspotEventKind, HotspotEventKind> = {
  EMERGED: 'EMERGED',
  GREW: 'GREW',
  COOLED: 'COOLED',
  SPLIT: 'SPLIT',
  MERGED: 'MERGED',
  ENDED: 'ENDED',
  COORDINATED: 'COORDINATED',
};
registerEnumType(KINDS, {
  name: 'HotspotEventKind',
  description: 'What can become of a hotspot.',
  valuesConfig: {
    EMERGED: { description: 'It was found; `other` is its earlier life where it had one.' },
    GREW: { description: 'The evidence of three hours is twice what was last told, or more.' },
    COOLED: { description: 'It is a third, or less.' },
    SPLIT: { description: 'It came out of `other`.' },
    MERGED: { description: 'It became part of `other`.' },
    ENDED: { description: 'No post was surely of it for ten hours.' },
    COORDINATED: { description: 'Many accounts posted one picture or text within minutes: suspected coordination.' },
  },
});

@ObjectType({ description: 'Something that became of a hotspot, in the time of the posts.' })
export class HotspotEvent {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => GraphQLInstant, { description: 'When.' })
  at!: Date;

  @Field(() => KINDS, { description: 'What.' })
  kind!: HotspotEventKind;

  @Field(() => Float, { description: 'How unusual the hotspot was; of COORDINATED how unusual so many at once are.' })
  score!: number;

  @Field(() => String, { description: 'Why, in words and numbers.' })
  reason!: string;
}

export const HotspotEventConnection = connectionType('HotspotEvent', HotspotEvent);

@ArgsType()
class HotspotEventsArgs extends ForwardArgs {
  @Field(() => ID, { nullable: true, description: 'Only of this hotspot, as what it became of or as the other one.' })
  hotspotId?: string | null;

  @Field(() => [KINDS], { nullable: true, description: 'Only of these kinds.' })
  kinds?: HotspotEventKind[] | null;

  @Field(() => GraphQLInstant, { nullable: true, description: 'Not before.' })
  since?: Date | null;

  @Field(() => GraphQLInstant, { nullable: true, description: 'Before.' })
  until?: Date | null;
}

@Resolver(() => HotspotEvent)
export class HotspotEventResolver {
  @Query(() => HotspotEventConnection, { description: 'What became of hotspots, the newest first.' })
  async hotspotEvents(@Args(() => HotspotEventsArgs) args: HotspotEventsArgs, @Ctx() { services }: Context) {
    const { pool } = services.db;
    const page = pageRequest(args, eventPlace);
    const filter = {
      hotspotId: args.hotspotId == null ? undefined : hotspotIdOf(args.hotspotId),
      kinds: args.kinds ?? undefined,
      since: args.since ?? undefined,
      until: args.until ?? undefined,
    };
    return connection(await hotspotEventsPage(pool, { ...page, filter }), {
      page,
      cursorOf: eventCursor,
      count: () => hotspotEventsCount(pool, filter),
    });
  }

  @FieldResolver(() => Hotspot, { nullable: true, description: 'Whose; null of accounts whose posts are in none.' })
  hotspot(@Root() { hotspotId }: HotspotEventRow, @Ctx() { loaders }: Context) {
    return hotspotId === null ? null : loaders.hotspot.load(hotspotId);
  }

  @FieldResolver(() => Hotspot, { nullable: true, description: 'The other hotspot that has a part in it.' })
  other(@Root() { otherId }: HotspotEventRow, @Ctx() { loaders }: Context) {
    return otherId === null ? null : loaders.hotspot.load(otherId);
  }

  @FieldResolver(() => [Post], {
    description: 'Posts that it rests on and that are still there, the newest first; at most a hundred.',
  })
  async posts(@Root() { postIds }: HotspotEventRow, @Ctx() { loaders }: Context) {
    const posts = await Promise.all(postIds.map((id) => loaders.post.load(id)));
    return posts.filter((post) => post !== null);
  }
}

const parseCursor = readCursor('hotspotEvents', TIME_AND_ID);

export function eventPlace(cursor: string) {
  const [time, id] = parseCursor(cursor);
  return { at: new Date(Number(time)), id: id! };
}

export function eventCursor({ at, id }: HotspotEventRow): string {
  return writeCursor('hotspotEvents', at.getTime(), id);
}
