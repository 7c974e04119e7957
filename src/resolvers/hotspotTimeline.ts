// The posts and authors of a hotspot over time, beside what is usual.
import { Arg, Ctx, Field, FieldResolver, Float, Int, ObjectType, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.js';
import type { HotspotRow } from '../db/hotspots/hotspotRow.js';
import { AppError } from '../errors.js';
import { Hotspot } from './hotspot.js';
import { GraphQLInstant } from './scalars.js';

/** Bars of a timeline at most. */
const MAX_BARS = 1000;

@ObjectType({ description: 'A bar of a hotspot’s timeline.' })
export class HotspotBar {
  @Field(() => GraphQLInstant, { description: 'Its beginning, inclusive.' })
  from!: Date;

  @Field(() => GraphQLInstant, { description: 'Its end, exclusive.' })
  to!: Date;

  @Field(() => Int, { description: 'Posts.' })
  posts!: number;

  @Field(() => Int, { description: 'Distinct authors.' })
  authors!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Distinct evidence that such a bar usually has; null before the hotspot was found.',
  })
  expected!: number | null;

  @Field(() => Float, { nullable: true, description: 'Nine in ten usual bars have at least this.' })
  low!: number | null;

  @Field(() => Float, { nullable: true, description: 'Nine in ten usual bars have at most this.' })
  high!: number | null;

  @Field(() => Float, { nullable: true, description: 'How unusual the hotspot was at its end.' })
  score!: number | null;
}

@Resolver(() => Hotspot)
export class TimelineOfHotspotResolver {
  @FieldResolver(() => [HotspotBar], {
    description: 'Its posts and authors over time, beside what is usual; the oldest bar first.',
  })
  timeline(
    @Root() { id }: HotspotRow,
    @Arg('minutes', () => Int, { defaultValue: 60, description: 'Length of a bar: 15 to 10080.' }) minutes: number,
    @Arg('last', () => Int, { defaultValue: 168, description: `At most so many bars, the newest: 1 to ${MAX_BARS}.` })
    last: number,
    @Ctx() { loaders }: Context,
  ): Promise<readonly HotspotBar[]> {
    if (minutes < 15 || minutes > 10080)
      throw new AppError('BAD_USER_INPUT', `minutes: expected 15 to 10080, got ${minutes}`);
    if (last < 1 || last > MAX_BARS)
      throw new AppError('BAD_USER_INPUT', `last: expected 1 to ${MAX_BARS}, got ${last}`);
    return loaders.timelineOfHotspot.load({ id, minutes, last });
  }
}
